#include "base/time_text.h"

#include <array>
#include <charconv>
#include <ctime>

namespace quantrail {
namespace {

std::string text_of(const std::tm& time, const char* form) {
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), form, &time);
  return text.data();
}

/// A part of a time: how it is written, and where its number goes.
struct Part {
  std::string_view before{};  ///< any of these letters stands before it
  std::size_t digits = 2;
  int std::tm::*number = nullptr;
  int zero = 0;  ///< what is written for the number 0
};
constexpr std::array<Part, 6> kParts{{{"", 4, &std::tm::tm_year, 1900},
                                      {"-", 2, &std::tm::tm_mon, 1},
                                      {"-", 2, &std::tm::tm_mday, 0},
                                      {"T ", 2, &std::tm::tm_hour, 0},
                                      {":", 2, &std::tm::tm_min, 0},
                                      {":", 2, &std::tm::tm_sec, 0}}};

/// Takes one part off the start of `rest`. False: it is not there.
bool take(const Part& part, std::string_view& rest, std::tm& time) {
  if (!part.before.empty()) {
    if (rest.empty() || part.before.find(rest.front()) == std::string_view::npos) return false;
    rest.remove_prefix(1);
  }
  const auto digits = rest.substr(0, part.digits);
  if (digits.size() < part.digits || digits.find_first_not_of("0123456789") != std::string_view::npos) return false;
  int number = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  time.*part.number = number - part.zero;
  rest.remove_prefix(part.digits);
  return true;
}

/// Makes days and hours that there are of those that there are not, such as February 30.
std::int64_t milliseconds(std::tm& time, bool utc) {
  time.tm_isdst = -1;
  return std::int64_t{1000} * (utc ? timegm(&time) : std::mktime(&time));
}

}  // namespace

std::string utc_text(std::int64_t ms) {
  const auto seconds = static_cast<std::time_t>(ms / 1000);
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  return text_of(utc, "%Y-%m-%dT%H:%M:%SZ");
}

std::string local_text(std::int64_t ms) {
  const auto seconds = static_cast<std::time_t>(ms / 1000);
  std::tm local{};
  localtime_r(&seconds, &local);
  return text_of(local, "%Y-%m-%d %H:%M:%S");
}

std::optional<Period> period_of(std::string_view text) {
  const bool utc = text.ends_with('Z');
  if (utc) text.remove_suffix(1);
  std::tm written{};
  written.tm_mday = 1;
  const Part* last = nullptr;
  for (const auto& part : kParts) {
    if (last != nullptr && text.empty()) break;
    if (!take(part, text, written)) return std::nullopt;
    last = &part;
  }
  if (!text.empty()) return std::nullopt;
  std::tm first = written;
  std::tm end = written;
  ++(end.*last->number);
  const Period period{milliseconds(first, utc), milliseconds(end, utc)};
  const bool same = first.tm_mon == written.tm_mon && first.tm_mday == written.tm_mday && written.tm_hour < 24 &&
                    written.tm_min < 60 && written.tm_sec < 60;
  return same ? std::optional(period) : std::nullopt;
}

}  // namespace quantrail
