// Time zones by the digits a number begins with: see TimeZones in PhoneNormalization. Included by CPhoneMetadata.h.
#pragma once
#include <stdint.h>

// Eleven entries a node: the list of zones known so far, then where each digit leads. The root is node 0.
PHONE_TABLE(uint16_t, zone_nodes)
// Where each list begins in `phone_zone_lists`, and where the last one ends.
PHONE_TABLE(uint16_t, zone_list_starts)
PHONE_TABLE(uint16_t, zone_lists)
// Where each name begins in `phone_zone_names`, and where the last one ends.
PHONE_TABLE(uint16_t, zone_name_starts)
PHONE_TABLE(uint8_t, zone_names)
// Country calling codes whose mobile numbers belong to a place; ends with 0.
PHONE_TABLE(uint16_t, geographical_mobile_codes)
/// In a node's entry: the lower bits are a list, not a node.
#define PHONE_ZONE_LIST 0x8000
