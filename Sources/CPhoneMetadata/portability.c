// Made by Tests/Interop/phone-metadata/generate.py; see NOTICE. Do not edit.
#include "CPhoneMetadata.h"

const uint32_t phone_portable_regions[26] = {
35264832,17177299,50354305,21520,262228,131328,164282,1180672,927760,53248,54665232,3670020,26018857,33572928,4096,
17435665,1,1327104,8389969,4849796,262144,69,0,0,0,1,
};
