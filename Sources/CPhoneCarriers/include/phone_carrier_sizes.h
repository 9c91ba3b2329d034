// Made by Tests/Interop/phone-metadata/generate.py; see NOTICE. Do not edit.
#pragma once

#define PHONE_CARRIER_LANGUAGE_COUNT 10
#define PHONE_CARRIER_FIRST_LONG_CODE 254
#define PHONE_CARRIER_LONGEST_NAME 77
