#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/error.h"

namespace quantrail {

struct JsonMember;

/// A JSON value. Integers that fit std::int64_t are kept as such, all other numbers as double (always finite).
struct Json {
  using Array = std::vector<Json>;
  using Object = std::vector<JsonMember>;  ///< in document order; keys are unique

  std::variant<std::nullptr_t, bool, std::int64_t, double, std::string, Array, Object> value{};

  template <class T>
  [[nodiscard]] const T* as() const {
    return std::get_if<T>(&value);
  }
  template <class T>
  [[nodiscard]] T* as() {
    return std::get_if<T>(&value);
  }
  [[nodiscard]] bool is_null() const { return std::holds_alternative<std::nullptr_t>(value); }

  /// The member `key` of an object; null when this is no object or has no such member.
  [[nodiscard]] const Json* find(std::string_view key) const;
  [[nodiscard]] Json* find(std::string_view key);
  /// Sets member `key`, in its old place or at the end. Precondition: an object.
  void set(std::string_view key, Json member);

  bool operator==(const Json& other) const;
};

struct JsonMember {
  std::string key{};
  Json value{};
  bool operator==(const JsonMember&) const = default;
};

/// "an integer", "a text", ... for messages.
[[nodiscard]] std::string kind_of(const Json& value);
/// The value as it is written, cut after some 60 characters, for messages.
[[nodiscard]] std::string excerpt(const Json& value);

/// Reads JSON with // and /* */ comments. Errors: InvalidInput with line and column for bad syntax, a key given twice,
/// or more than 100 levels.
[[nodiscard]] Result<Json> parse_json(std::string_view text);

/// Canonical text: keys sorted, two spaces of indentation, shortest numbers that read back equal.
/// Errors: InvalidInput when a text is not UTF-8.
[[nodiscard]] Result<std::string> canonical_text(const Json& value);

}  // namespace quantrail
