#include "config/json.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "base/text.h"

namespace quantrail {
namespace {

constexpr std::size_t kMostLevels = 100;

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
    problem = token.empty() || token == "<EOF>" ? "unexpected end" : "unexpected " + printable(token);
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

std::string position_text(std::string_view text, std::size_t position) {
  const std::string_view before = text.substr(0, std::min(position == 0 ? 0 : position - 1, text.size()));
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  const auto last_break = before.rfind('\n');
  const auto column = before.size() - (last_break == std::string_view::npos ? 0 : last_break + 1) + 1;
  return fmt::format("line {}, column {}", line, column);
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
  const bool parsed =
      nlohmann::json::sax_parse(text, &builder, nlohmann::json::input_format_t::json, kStrict, kComments);
  if (parsed) return std::move(builder.root);
  if (!builder.failed_at) return fail(Cause::InvalidInput, "{}", builder.problem);
  return fail(Cause::InvalidInput, "{}: not valid JSON: {}", position_text(text, *builder.failed_at), builder.problem);
}

Result<std::string> canonical_text(const Json& value) {
  try {
    return to_library(value).dump(2);
  } catch (const nlohmann::json::exception&) {
    return fail(Cause::InvalidInput, "a text in the configuration is not UTF-8");
  }
}

}  // namespace quantrail
