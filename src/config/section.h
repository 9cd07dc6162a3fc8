#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "config/json.h"
#include "config/keys.h"

namespace quantrail {

/// What reading a configuration found out: the first error, which later ones do not replace, and notes.
struct Findings {
  std::optional<Error> error{};
  std::vector<std::string> notes{};

  void report(Cause cause, std::string message);
  /// Adds the sentence unless it is there already.
  void note(std::string sentence);
};

template <class T>
struct Limits {
  T least = std::numeric_limits<T>::lowest();
  T most = std::numeric_limits<T>::max();
  bool least_excluded = false;  ///< least itself is not allowed
};

/// One object of the configuration, read key by key. An absent object reads as an empty one; null as an absent value.
/// A value of the wrong type or out of range is reported in the findings, with its dotted path, and reads as the
/// default.
class Section {
 public:
  /// Checks the object's keys against the rules: unknown, not supported, without effect.
  /// `object` and `findings` must outlive this.
  Section(const Json* object, std::string path, std::string_view rules, Findings& findings);

  [[nodiscard]] bool has(std::string_view key) const { return value(key) != nullptr; }
  /// The value as written; null when absent or null.
  [[nodiscard]] const Json* value(std::string_view key) const;
  /// The dotted path of `key`, for messages.
  [[nodiscard]] std::string path_of(std::string_view key) const;
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] Findings& findings() const { return *findings_; }

  [[nodiscard]] bool flag(std::string_view key, bool otherwise) const;
  [[nodiscard]] std::int64_t integer(std::string_view key, std::int64_t otherwise, Limits<std::int64_t> bounds) const;
  [[nodiscard]] std::optional<std::int64_t> optional_integer(std::string_view key, Limits<std::int64_t> bounds) const;
  [[nodiscard]] double number(std::string_view key, double otherwise, Limits<double> bounds) const;
  [[nodiscard]] std::string text(std::string_view key, std::string otherwise) const;
  /// One of `allowed`.
  [[nodiscard]] std::string choice(std::string_view key, std::string otherwise,
                                   const std::vector<std::string>& allowed) const;
  [[nodiscard]] std::vector<std::string> texts(std::string_view key) const;
  /// A number, or a list of numbers; each within the bounds.
  [[nodiscard]] std::vector<double> numbers(std::string_view key, Limits<double> bounds) const;
  /// A list of integers, at least one; each within the bounds.
  [[nodiscard]] std::vector<std::int64_t> integers(std::string_view key, std::vector<std::int64_t> otherwise,
                                                   Limits<std::int64_t> bounds) const;
  /// The section under `key`, which the rules name.
  [[nodiscard]] Section child(std::string_view key) const;
  /// The sections of the list under `key`, which the rules name.
  [[nodiscard]] std::vector<Section> children(std::string_view key) const;

  void report_wrong_type(std::string_view key, std::string_view needed) const;
  void report(std::string_view key, std::string_view problem) const;

 private:
  void check_keys(const SectionRule& rules) const;
  void check_key(const KeyRule& rule, const Json& found) const;
  [[nodiscard]] std::string_view section_of(std::string_view key) const;
  [[nodiscard]] double bounded(std::string_view key, const Json& found, double otherwise, Limits<double> bounds) const;

  const Json* object_ = nullptr;
  std::string path_{};
  const SectionRule* rules_ = nullptr;
  Findings* findings_ = nullptr;
};

}  // namespace quantrail
