// Made by Tests/Interop/phone-metadata/generate.py; see NOTICE. Do not edit.
#pragma once

#define PHONE_METADATA_VERSION "9.0.43"
#define PHONE_REGION_COUNT 254
#define PHONE_CODE_COUNT 215
#define PHONE_LAST_CHARACTER 0x1FFFF
