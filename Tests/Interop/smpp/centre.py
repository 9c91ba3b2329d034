#!/usr/bin/env python3
"""A message centre on PyPI's smpp.twisted3: binds, takes messages, sends receipts and messages of its own, and misbehaves as it is told to.

Prints `port N` when it listens. With --log it appends a line of JSON for each message before that is answered, by a write of its own, so that nothing that
was answered is missing when it is killed.
"""
import argparse
import json
import os
import sys

from twisted.cred import error
from twisted.cred.checkers import ICredentialsChecker
from twisted.cred.credentials import IUsernamePassword
from twisted.cred.portal import IRealm, Portal
from twisted.internet import defer, reactor
from zope.interface import implementer

from smpp.pdu.operations import DeliverSM, EnquireLink, SubmitSM
from smpp.pdu.pdu_encoding import PDUEncoder
from smpp.pdu.pdu_types import (
    AddrNpi, AddrTon, CommandStatus, DataCoding, DataCodingDefault, EsmClass, EsmClassGsmFeatures, EsmClassMode, EsmClassType, MessageState)
from smpp.twisted.config import SMPPServerConfig
from smpp.twisted.protocol import DataHandlerResponse, SMPPServerProtocol
from smpp.twisted.server import SMPPServerFactory

PASSWORD = b"secret"


@implementer(IRealm)
class Realm:
    def requestAvatar(self, avatar, mind, *interfaces):
        return interfaces[0], avatar, lambda: None


@implementer(ICredentialsChecker)
class Checker:
    credentialInterfaces = (IUsernamePassword,)

    def requestAvatarId(self, credentials):
        if credentials.username in (b"phone", "phone") and credentials.password in (PASSWORD, PASSWORD.decode()):
            return defer.succeed(credentials.username)
        return defer.fail(error.UnauthorizedLogin())


class Protocol(SMPPServerProtocol):
    """Says which PDUs came that the check counts."""

    def onPDURequest_enquire_link(self, pdu):
        print("enquired", flush=True)
        super().onPDURequest_enquire_link(pdu)

    def onPDURequest_unbind(self, pdu):
        print("unbind", flush=True)
        super().onPDURequest_unbind(pdu)

    def doBindRequest(self, pdu, state):
        done = super().doBindRequest(pdu, state)
        done.addCallback(lambda _: self.isBound() and self.factory.centre.bound(self))
        return done

    def PDUResponseReceived(self, pdu):
        if pdu.commandId.name == "enquire_link_resp":
            print("enquiry-answered", flush=True)
        super().PDUResponseReceived(pdu)

    def connectionLost(self, reason):
        try:
            super().connectionLost(reason)
        except KeyError:
            pass


class Centre:
    def __init__(self, options):
        self.options = options
        self.log = os.open(options.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT) if options.log else None
        self.start = os.urandom(4).hex()
        self.taken = 0
        self.asked = 0
        self.dropped = 0
        self.unanswered = []

    def handle(self, system, protocol, pdu):
        if not isinstance(pdu, SubmitSM):
            return CommandStatus.ESME_RINVCMDID
        options = self.options
        self.asked += 1
        if options.throttle and self.asked % options.throttle == 0:
            return CommandStatus.ESME_RTHROTTLED
        if options.refuse and pdu.params["destination_addr"].endswith(b"7"):
            return CommandStatus.ESME_RINVDSTADR
        self.taken += 1
        name = "%s-%d" % (self.start, self.taken)
        if self.log is not None:
            os.write(self.log, (json.dumps(self.describe(pdu, name)) + "\n").encode())
        if options.garbage and self.taken == options.garbage:
            protocol.transport.write(bytes([0xFF] * 24) + os.urandom(200))
            return defer.Deferred()
        if options.deaf and self.taken >= options.deaf:
            # Reads no more, or reads and never answers.
            if options.slow:
                protocol.transport.pauseProducing()
            return defer.Deferred()
        if options.drop and self.taken % options.drop == 0:
            self.dropped += 1
            self.unanswered.append((pdu, name))
            reactor.callLater(0, protocol.transport.abortConnection)
            return defer.Deferred()
        if options.receipts:
            reactor.callLater(0, self.receipt, pdu, name)
        return DataHandlerResponse(CommandStatus.ESME_ROK, message_id=name)

    def describe(self, pdu, name):
        params = pdu.params
        features = params["esm_class"].gsmFeatures
        return {
            "id": name, "to": params["destination_addr"].decode(), "header": EsmClassGsmFeatures.UDHI_INDICATOR_SET in features,
            "coding": "ucs2" if params["data_coding"].schemeData == DataCodingDefault.UCS2 else "default",
            "text": (params.get("message_payload") or params["short_message"] or b"").hex(), "payload": "message_payload" in params,
            "sar": [params.get("sar_msg_ref_num"), params.get("sar_total_segments"), params.get("sar_segment_seqnum")],
            "source": [params["source_addr_ton"].name, params["source_addr_npi"].name, params["source_addr"].decode()],
            "reference": params.get("user_message_reference"),
        }

    def receipt(self, pdu, name):
        receivers = self.factory.getBoundConnections("phone")
        receiver = receivers and receivers.getNextBindingForDelivery()
        if receiver is None:
            return reactor.callLater(0.05, self.receipt, pdu, name)
        text = "id:%s sub:001 dlvrd:001 submit date:2601011200 done date:2601011201 stat:DELIVRD err:000 text:" % name
        receiver.sendDataRequest(DeliverSM(
            source_addr_ton=AddrTon.INTERNATIONAL, source_addr_npi=AddrNpi.ISDN, source_addr=pdu.params["destination_addr"],
            destination_addr=pdu.params["source_addr"], esm_class=EsmClass(EsmClassMode.DEFAULT, EsmClassType.SMSC_DELIVERY_RECEIPT),
            short_message=text.encode(), receipted_message_id=name, message_state=MessageState.DELIVERED,
            user_message_reference=pdu.params["user_message_reference"], data_coding=DataCoding(),
        )).addErrback(lambda failure: reactor.callLater(0.05, self.receipt, pdu, name))

    def bound(self, protocol):
        print("bound %s" % protocol.sessionState.name, flush=True)
        if self.options.enquire:
            protocol.sendRequest(EnquireLink(), 5).addErrback(lambda failure: None)
        if self.unanswered and self.options.settle:
            for pdu, name in self.unanswered:
                reactor.callLater(0.05, self.receipt, pdu, name)
            self.unanswered = []
        if self.options.inbound and "RX" in protocol.sessionState.name or self.options.inbound and "TRX" in protocol.sessionState.name:
            with open(self.options.inbound, encoding="utf-8") as file:
                self.inbound(protocol, json.load(file))

    def inbound(self, protocol, messages):
        """One after another, the next when the last was answered; again what was not taken."""
        if not messages:
            return print("inbound-done", flush=True)
        message = messages[0]
        features = [EsmClassGsmFeatures.UDHI_INDICATOR_SET] if message.get("header") else []
        more = {key: message[key] for key in ("sar_msg_ref_num", "sar_total_segments", "sar_segment_seqnum") if key in message}
        octets = bytes.fromhex(message["text"])
        more["message_payload" if message.get("payload") else "short_message"] = octets
        pdu = DeliverSM(
            source_addr_ton=AddrTon.INTERNATIONAL, source_addr_npi=AddrNpi.ISDN, source_addr=message["from"], destination_addr="Example",
            esm_class=EsmClass(EsmClassMode.DEFAULT, EsmClassType.DEFAULT, features),
            data_coding=DataCoding(schemeData=getattr(DataCodingDefault, message["coding"])), **more)

        def refused(failure):
            print("repeated", flush=True)
            reactor.callLater(0.02, self.inbound, protocol, messages)

        protocol.sendDataRequest(pdu).addCallbacks(lambda _: self.inbound(protocol, messages[1:]), refused)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    for name in ("log", "inbound", "certificate", "key"):
        parser.add_argument("--" + name)
    for name in ("throttle", "drop", "garbage", "deaf"):
        parser.add_argument("--" + name, type=int, default=0)
    for name in ("receipts", "settle", "refuse", "slow", "enquire"):
        parser.add_argument("--" + name, action="store_true")
    options = parser.parse_args()
    centre = Centre(options)
    config = SMPPServerConfig(
        msgHandler=centre.handle, systems={"phone": {"max_bindings": 8}}, enquireLinkTimerSecs=600, inactivityTimerSecs=600,
        responseTimerSecs=60)
    factory = SMPPServerFactory(config, Portal(Realm(), [Checker()]))
    factory.protocol = Protocol
    factory.centre = centre
    centre.factory = factory
    if options.certificate:
        from twisted.internet import ssl

        listener = reactor.listenSSL(
            options.port, factory, ssl.DefaultOpenSSLContextFactory(options.key, options.certificate), interface="127.0.0.1")
    else:
        listener = reactor.listenTCP(options.port, factory, interface="127.0.0.1")
    print("port %d" % listener.getHost().port, flush=True)
    reactor.run()


if __name__ == "__main__":
    sys.exit(main())
