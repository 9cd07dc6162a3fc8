#include "tui/script.h"

#include <optional>

#include "base/cell_text.h"

namespace quantrail::tui {
namespace {

constexpr int kLargest = 1000;

std::optional<Size> size_of(std::string_view text) {
  Size size{0, 0};
  int* side = &size.columns;
  for (const char c : text) {
    if (c == 'x' && side == &size.columns) {
      side = &size.rows;
    } else if (c >= '0' && c <= '9' && *side < kLargest) {
      *side = *side * 10 + (c - '0');
    } else {
      return std::nullopt;
    }
  }
  const bool good = size.rows > 0 && size.columns > 0 && size.rows <= kLargest && size.columns <= kLargest;
  return good ? std::optional(size) : std::nullopt;
}

bool is_time(std::string_view text) {
  const auto two = [&](std::size_t at, int most) {
    const int tens = text[at] - '0';
    const int ones = text[at + 1] - '0';
    return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 && 10 * tens + ones <= most;
  };
  return text.size() == 5 && text[2] == ':' && two(0, 23) && two(3, 59);
}

Result<ScriptStep> command(std::string_view line, const std::string& place) {
  const auto blank = std::min(line.find(' '), line.size());
  const std::string_view name = line.substr(0, blank);
  const std::string argument(line.substr(std::min(blank + 1, line.size())));
  if (argument.empty()) return fail(Cause::InvalidInput, "{}: {} needs an argument", place, name);
  if (name == ":wait") return ScriptWait{argument};
  if (name == ":dump") return ScriptDump{argument};
  if (name == ":clock") {
    if (!is_time(argument)) return fail(Cause::InvalidInput, "{}: \"{}\" is no time such as 14:03", place, argument);
    return ScriptClock{argument};
  }
  if (name == ":size") {
    const auto size = size_of(argument);
    if (!size) return fail(Cause::InvalidInput, "{}: \"{}\" is no size such as 80x24", place, argument);
    return ScriptSize{*size};
  }
  return fail(Cause::InvalidInput, "{}: unknown command {}; known are :size, :clock, :wait, :dump", place, name);
}

Result<ScriptStep> keys(std::string_view line, const std::string& place) {
  ScriptKeys step;
  if (line.size() >= 2 && line.front() == '"' && line.back() == '"') {
    for (const char32_t glyph : decoded(line.substr(1, line.size() - 2))) step.keys.push_back(on(glyph));
    return step;
  }
  for (std::size_t at = 0; at < line.size();) {
    const auto end = std::min(line.find(' ', at), line.size());
    const std::string_view word = line.substr(at, end - at);
    at = end + 1;
    if (word.empty()) continue;
    const auto key = key_named(word);
    if (!key) return fail(Cause::InvalidInput, "{}: \"{}\" is no key; text to type is written in quotes", place, word);
    step.keys.push_back(*key);
  }
  return step;
}

}  // namespace

Result<Script> parsed_script(std::string_view text, std::string_view name) {
  Script script;
  std::size_t number = 0;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find('\n', at), text.size());
    const std::string_view line = text.substr(at, end - at);
    at = end + 1;
    ++number;
    if (line.empty() || line.front() == '#') continue;
    const std::string place = std::string(name) + ":" + std::to_string(number);
    auto step = line.size() > 1 && line[0] == ':' && line[1] != ' ' ? command(line, place) : keys(line, place);
    if (!step) return failed(step);
    script.push_back(std::move(*step));
  }
  return script;
}

}  // namespace quantrail::tui
