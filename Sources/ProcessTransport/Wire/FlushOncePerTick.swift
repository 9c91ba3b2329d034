#if Processes
    import NIOCore

    /// Lets everything that is written in one turn of the event loop go to the socket at once: one system call for many frames.
    final class FlushOncePerTick: ChannelOutboundHandler {
        typealias OutboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private var isDue = false

        func flush(context: ChannelHandlerContext) {
            guard !isDue else { return }
            isDue = true
            let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
            context.eventLoop.execute {
                let (handler, context) = bound.value
                handler.flushIfDue(context)
            }
        }

        func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
            flushIfDue(context)
            context.close(mode: mode, promise: promise)
        }

        private func flushIfDue(_ context: ChannelHandlerContext) {
            guard isDue else { return }
            isDue = false
            context.flush()
        }
    }
#endif
