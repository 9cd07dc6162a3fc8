#include "config/json.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <iterator>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "base/cell_text.h"
#include "base/text.h"

namespace quantrail {
namespace {

constexpr std::size_t kMostLevels = 100;

/// The end of `token`, which may be all that follows a number, on one line.
std::string last_words(std::string_view token) {
  constexpr int kMostColumns = 40;
  constexpr std::string_view kBlanks = " \t\r\n";
  const auto last = token.find_last_not_of(kBlanks);
  const auto line = last == std::string_view::npos ? last : token.find_last_of('\n', last);
  if (line != std::string_view::npos) token.remove_prefix(token.find_first_not_of(kBlanks, line));
  return fitted_end(token, kMostColumns, "...");
}

/// A text's characters, counted as the parser takes them.
class Counting {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;
  Counting(const char* at, std::size_t& taken) : at_(at), taken_(&taken) {}
  reference operator*() const { return *at_; }
  Counting& operator++() {
    ++at_;
    ++*taken_;
    return *this;
  }
  bool operator==(const Counting& other) const { return at_ == other.at_; }
  bool operator!=(const Counting& other) const { return at_ != other.at_; }

 private:
  const char* at_;
  std::size_t* taken_;
};

/// Builds a Json from the parser's events; stops at the first thing that a configuration must not hold.
class Builder : public nlohmann::json_sax<nlohmann::json> {
 public:
  bool null() override { return add(Json{nullptr}); }
  bool boolean(bool value) override { return add(Json{value}); }
  bool number_integer(std::int64_t value) override { return add(Json{value}); }
  bool number_unsigned(std::uint64_t value) override {
    constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    return add(value <= most ? Json{static_cast<std::int64_t>(value)} : Json{static_cast<double>(value)});
  }
  bool number_float(double value, const std::string& text) override {
    return std::isfinite(value) ? add(Json{value}) : refuse("the number " + text + " is too large");
  }
  bool string(std::string& value) override { return add(Json{std::move(value)}); }
  bool binary(nlohmann::json::binary_t&) override { return refuse("binary values are not JSON"); }
  bool start_object(std::size_t) override { return open(Json{Json::Object{}}); }
  bool start_array(std::size_t) override { return open(Json{Json::Array{}}); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }
  bool key(std::string& name) override {
    if (levels_.back().value.find(name) != nullptr) return refuse("the key \"" + printable(name) + "\" is given twice");
    levels_.back().key = std::move(name);
    return true;
  }
  bool parse_error(std::size_t position, const std::string& token, const nlohmann::json::exception&) override {
    failed_at = position;
    problem = token.empty() || token == "<EOF>" ? "unexpected end" : "unexpected " + last_words(token);
    return false;
  }

  Json root{};
  std::optional<std::size_t> failed_at{};  ///< byte position of bad syntax, counted from 1
  std::string problem{};

 private:
  struct Level {
    Json value{};
    std::string key{};  ///< of the member to come
  };

  bool refuse(std::string why) {
    problem = std::move(why);
    return false;
  }
  bool add(Json value) {
    if (levels_.empty()) {
      root = std::move(value);
    } else if (auto* array = levels_.back().value.as<Json::Array>()) {
      array->push_back(std::move(value));
    } else {
      levels_.back().value.set(levels_.back().key, std::move(value));
    }
    return true;
  }
  bool open(Json value) {
    if (levels_.size() == kMostLevels) return refuse("more than 100 levels");
    levels_.push_back({std::move(value), {}});
    return true;
  }
  bool close() {
    Json value = std::move(levels_.back().value);
    levels_.pop_back();
    return add(std::move(value));
  }

  std::vector<Level> levels_{};
};

/// With a byte order mark, or by its first character, which is ASCII.
bool is_utf16(std::string_view text) {
  if (text.size() < 2) return false;
  return text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF") || (text[0] == '\0') != (text[1] == '\0');
}

/// The line of what comes behind `count` bytes.
std::ptrdiff_t line_of(std::string_view text, std::size_t count) {
  const std::string_view before = text.substr(0, count);
  return 1 + std::count(before.begin(), before.end(), '\n');
}

std::string position_text(std::string_view text, std::size_t position) {
  const std::string_view before = text.substr(0, std::min(position == 0 ? 0 : position - 1, text.size()));
  const auto line = line_of(text, before.size());
  const auto last_break = before.rfind('\n');
  const auto column = before.size() - (last_break == std::string_view::npos ? 0 : last_break + 1) + 1;
  return fmt::format("line {}, column {}", line, column);
}

/// A text as far as its comments go.
struct Outline {
  std::optional<std::size_t> open_comment{};  ///< where one begins that does not end
  std::vector<std::size_t> marks{};           ///< positions of all that is neither blank nor in a comment nor in a text
};

Outline outline_of(std::string_view text) {
  Outline out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const std::string_view rest = text.substr(at);
    if (rest.starts_with("//")) {
      at = std::min(text.find('\n', at), text.size());
    } else if (rest.starts_with("/*")) {
      const auto end = text.find("*/", at + 2);
      if (end == std::string_view::npos) {
        out.open_comment = at;
        return out;
      }
      at = end + 1;
    } else if (text[at] == '"') {
      out.marks.push_back(at);
      while (++at < text.size() && text[at] != '"') at += text[at] == '\\' ? 1 : 0;
    } else if (std::string_view(" \t\r\n").find(text[at]) == std::string_view::npos) {
      out.marks.push_back(at);
    }
  }
  return out;
}

/// "line 3, column 1: not valid JSON: a comma before }"; `position` counts from 1.
std::string syntax_problem(std::string_view text, std::size_t position, const std::string& otherwise) {
  const Outline outline = outline_of(text);
  const auto told = [&](std::size_t at, std::string_view what) {
    return fmt::format("{}: not valid JSON: {}", position_text(text, at), what);
  };
  if (outline.open_comment) return told(*outline.open_comment + 1, "a comment that does not end");
  const auto mark = std::lower_bound(outline.marks.begin(), outline.marks.end(), position == 0 ? 0 : position - 1);
  if (mark != outline.marks.end() && mark != outline.marks.begin() && *mark + 1 == position) {
    const char found = text[*mark];
    if ((found == '}' || found == ']') && text[*(mark - 1)] == ',')
      return told(position, fmt::format("a comma before {}", found));
  }
  return told(position, otherwise);
}

nlohmann::json to_library(const Json& value) {
  struct Convert {
    nlohmann::json operator()(std::nullptr_t) const { return nullptr; }
    nlohmann::json operator()(bool flag) const { return flag; }
    nlohmann::json operator()(std::int64_t number) const { return number; }
    nlohmann::json operator()(double number) const { return number; }
    nlohmann::json operator()(const std::string& text) const { return text; }
    nlohmann::json operator()(const Json::Array& array) const {
      auto out = nlohmann::json::array();
      for (const auto& element : array) out.push_back(to_library(element));
      return out;
    }
    nlohmann::json operator()(const Json::Object& object) const {
      auto out = nlohmann::json::object();
      for (const auto& member : object) out[member.key] = to_library(member.value);
      return out;
    }
  };
  return std::visit(Convert{}, value.value);
}

}  // namespace

bool Json::operator==(const Json& other) const { return value == other.value; }

const Json* Json::find(std::string_view key) const {
  const auto* object = as<Object>();
  if (object == nullptr) return nullptr;
  const auto found = std::find_if(object->begin(), object->end(), [&](const JsonMember& m) { return m.key == key; });
  return found == object->end() ? nullptr : &found->value;
}

Json* Json::find(std::string_view key) { return const_cast<Json*>(std::as_const(*this).find(key)); }

void Json::set(std::string_view key, Json member) {
  if (Json* old = find(key)) {
    *old = std::move(member);
  } else {
    std::get<Object>(value).push_back({std::string(key), std::move(member)});
  }
}

std::string kind_of(const Json& value) {
  constexpr const char* kNames[] = {"null", "true or false", "an integer", "a number", "a text", "a list", "an object"};
  return kNames[value.value.index()];
}

std::string excerpt(const Json& value) {
  constexpr std::size_t kMost = 60;
  const std::string text = printable(to_library(value).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  return text.size() <= kMost ? text : text.substr(0, kMost) + "...";
}

Result<Json> parse_json(std::string_view text) {
  Builder builder;
  constexpr bool kStrict = true;
  constexpr bool kComments = true;
  if (is_utf16(text)) return fail(Cause::InvalidInput, "the text is UTF-16: save it as UTF-8");
  std::size_t taken = 0;
  const bool parsed =
      nlohmann::json::sax_parse(Counting(text.data(), taken), Counting(text.data() + text.size(), taken), &builder,
                                nlohmann::json::input_format_t::json, kStrict, kComments);
  if (parsed) return std::move(builder.root);
  if (!builder.failed_at)
    return fail(Cause::InvalidInput, "line {}: {}", line_of(text, taken == 0 ? 0 : taken - 1), builder.problem);
  return fail(Cause::InvalidInput, "{}", syntax_problem(text, *builder.failed_at, builder.problem));
}

Result<std::string> canonical_text(const Json& value) {
  try {
    return to_library(value).dump(2);
  } catch (const nlohmann::json::exception&) {
    return fail(Cause::InvalidInput, "a text in the configuration is not UTF-8");
  }
}

}  // namespace quantrail
