#include "include/libphonenumber.h"

#include <map>
#include <memory>
#include <string>
#include <vector>

#include <phonenumbers/asyoutypeformatter.h>
#include <phonenumbers/logger.h>
#include <phonenumbers/phonenumber.pb.h>
#include <phonenumbers/phonenumbermatch.h>
#include <phonenumbers/phonenumbermatcher.h>
#include <phonenumbers/phonenumberutil.h>

using namespace i18n::phonenumbers;

namespace {

struct Input {
    std::string region;
    std::string text;
};

std::vector<Input> numbers, typed, texts;

PhoneNumberUtil &util() {
    // Without a log: it complains about every region it does not know.
    static PhoneNumberUtil *const shared = [] {
        PhoneNumberUtil *made = PhoneNumberUtil::GetInstance();
        made->SetLogger(new NullLogger());
        return made;
    }();
    return *shared;
}

// One for each region and never a new one, as each begins without compiled expressions.
AsYouTypeFormatter &formatter(const std::string &region) {
    static std::map<std::string, std::unique_ptr<AsYouTypeFormatter>> formatters;
    std::unique_ptr<AsYouTypeFormatter> &found = formatters[region];
    if (!found) found.reset(util().GetAsYouTypeFormatter(region));
    return *found;
}

}  // namespace

void libphonenumber_add_number(const char *region, const char *text, size_t length) {
    numbers.push_back({region, std::string(text, length)});
}

void libphonenumber_add_typed(const char *region, const char *text, size_t length) {
    typed.push_back({region, std::string(text, length)});
}

void libphonenumber_add_text(const char *region, const char *text, size_t length) {
    texts.push_back({region, std::string(text, length)});
}

int64_t libphonenumber_parse(void) {
    int64_t parsed = 0;
    PhoneNumber number;
    for (const Input &input : numbers)
        parsed += util().Parse(input.text, input.region, &number) == PhoneNumberUtil::NO_PARSING_ERROR;
    return parsed;
}

int64_t libphonenumber_full(void) {
    int64_t valid = 0, bytes = 0, types = 0;
    PhoneNumber number;
    std::string e164;
    for (const Input &input : numbers) {
        if (util().Parse(input.text, input.region, &number) != PhoneNumberUtil::NO_PARSING_ERROR) continue;
        valid += util().IsValidNumber(number);
        types += util().GetNumberType(number);
        util().Format(number, PhoneNumberUtil::E164, &e164);
        bytes += static_cast<int64_t>(e164.size());
    }
    return bytes + types > 0 ? valid : 0;
}

int64_t libphonenumber_type(void) {
    int64_t bytes = 0;
    std::string shown;
    for (const Input &input : typed) {
        AsYouTypeFormatter &each = formatter(input.region);
        each.Clear();
        for (char digit : input.text) bytes += static_cast<int64_t>(each.InputDigit(static_cast<char32>(digit), &shown).size());
    }
    return bytes;
}

int64_t libphonenumber_find(void) {
    int64_t found = 0;
    PhoneNumberMatch match;
    for (const Input &input : texts) {
        PhoneNumberMatcher matcher(util(), input.text, input.region, PhoneNumberMatcher::VALID, 65535);
        while (matcher.HasNext()) {
            matcher.Next(&match);
            found += 1;
        }
    }
    return found;
}
