"""What a number is made of, and what its length says of each type."""
import phonenumbers as reference
from features.asking import LENGTHS, REGIONS, TYPES, e164, parsed, typed


def lines(rng, count):
    for region in REGIONS + ["ZZ", "001"]:
        yield "region", region
    for code in sorted(reference.COUNTRY_CODE_TO_REGION_CODE):
        yield "code", str(code)
    for _ in range(count):
        yield typed(rng)


def answer(first, second):
    if first == "region":
        examples = {name: e164(reference.example_number_for_type(second, value)) for value, name in TYPES.items() if name != "UNKNOWN"}
        return {
            "examples": {name: number for name, number in examples.items() if number},
            "invalid": e164(reference.invalid_example_number(second)),
            "prefix": reference.ndd_prefix_for_region(second, True),
            "types": sorted(TYPES[each] for each in reference.supported_types_for_region(second)),
        }
    if first == "code":
        code = int(second)
        return {
            "example": e164(reference.example_number_for_non_geo_entity(code)),
            "types": sorted(TYPES[each] for each in reference.supported_types_for_non_geo_entity(code)),
        }
    number = parsed(first, second)
    if number is None:
        return None
    shorter = reference.PhoneNumber()
    shorter.merge_from(number)
    return {
        "abroad": reference.can_be_internationally_dialled(number),
        "area": reference.length_of_geographical_area_code(number),
        "destination": reference.length_of_national_destination_code(number),
        "geographical": reference.is_number_geographical(number),
        "possible": {name: LENGTHS[reference.is_possible_number_for_type_with_reason(number, value)] for value, name in TYPES.items()},
        "truncated": e164(shorter) if reference.truncate_too_long_number(shorter) else None,
    }
