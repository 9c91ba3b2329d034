// Made by Tests/Interop/phone-metadata/generate.py; see NOTICE. Do not edit.
#pragma once

#define PHONE_GEOGRAPHY_LANGUAGE_COUNT 40
#define PHONE_GEOGRAPHY_FIRST_LONG_CODE 214
#define PHONE_GEOGRAPHY_LONGEST_NAME 442
