#include "tracking/run_names.h"

#include <algorithm>

#include "base/cell_text.h"
#include "base/text.h"

namespace quantrail::tracking {
namespace {

constexpr std::size_t kLongest = 100;

bool is_digit(char letter) { return letter >= '0' && letter <= '9'; }

bool is_plain(char letter) {
  return is_digit(letter) || (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || letter == '.' ||
         letter == '_' || letter == '-';
}

bool steers_terminals(std::string_view text) { return printable(text) != text; }

bool is_number(std::string_view text) { return std::all_of(text.begin(), text.end(), is_digit); }

}  // namespace

Status check_run_name(std::string_view name) {
  const auto refused = [&](std::string_view why) {
    return fail(Cause::InvalidInput, "run name \"{}\": {}", printable(name.substr(0, kLongest)), why);
  };
  if (name.empty()) return refused("must not be empty");
  if (name.size() > kLongest) return refused("must not be longer than 100 bytes");
  if (is_number(name)) return refused("must not be a number, since runs have numbers already");
  if (name == "latest") return refused("means the newest run already");
  if (name.find('@') != std::string_view::npos) return refused("must not hold '@', which stands before an iteration");
  if (name.front() == '-') return refused("must not begin with '-'");
  if (steers_terminals(name)) return refused("must not hold control characters, nor anything but UTF-8");
  return {};
}

Status check_tag(std::string_view tag) {
  const auto refused = [&](std::string_view why) {
    return fail(Cause::InvalidInput, "tag \"{}\": {}", printable(tag.substr(0, kLongest)), why);
  };
  if (tag.empty()) return refused("must not be empty");
  if (tag.size() > kLongest) return refused("must not be longer than 100 bytes");
  if (tag.find_first_of(" ,:\"|()*?") != std::string_view::npos)
    return refused("must not hold spaces or any of ,:\"|()*?");
  if (steers_terminals(tag)) return refused("must not hold control characters, nor anything but UTF-8");
  return {};
}

std::string run_name_from(std::string_view text) {
  std::string name;
  for (const char32_t glyph : decoded(text)) {
    constexpr char32_t kFirstBeyondAscii = 0x80;
    const bool kept = glyph >= kFirstBeyondAscii || is_plain(static_cast<char>(glyph));
    const std::string letter = kept ? encoded({&glyph, 1}) : "-";
    if (name.size() + letter.size() > kLongest - 4) break;
    name += letter;
  }
  if (name.empty() || is_number(name) || name == "latest" || name.front() == '-') name = "run-" + name;
  return name;
}

std::string numbered_name(std::string_view name, int number) {
  const std::string end = fmt::format("-{}", number);
  std::size_t kept = std::min(name.size(), kLongest - end.size());
  const auto within_letter = [&] {
    return kept < name.size() && (static_cast<unsigned char>(name[kept]) & 0xC0U) == 0x80U;
  };
  while (kept > 0 && within_letter()) --kept;
  return std::string(name.substr(0, kept)) + end;
}

}  // namespace quantrail::tracking
