#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "tracking/runs.h"

namespace quantrail::tracking {

/// A run with what its fields are read from. `settings` and `metrics` are filled where a field of theirs is asked for.
struct RunFacts {
  RunSummary run{};
  std::map<std::string, std::string> settings{};  ///< flattened_settings() of its configuration
  std::map<std::string, double> metrics{};        ///< of its best iteration
  std::int64_t now_ms = 0;
};

/// Nothing, a number, a text, or several texts of which any may match.
using FieldValue = std::variant<std::monostate, double, std::string, std::vector<std::string>>;

/// Something that runs are filtered, sorted and listed by.
struct RunField {
  enum class Source { Summary, Settings, Metrics };
  std::string name{};
  Source source = Source::Summary;
  bool number = false;  ///< by nature; a setting may be either
  bool time = false;    ///< a moment: its value is a number of milliseconds since 1970
  int decimals = 0;     ///< to show of a number
  std::function<FieldValue(const RunFacts&)> of{};
};

/// By name: those of run_field_names(), "param.KEY" (the setting with that dotted path, or whose path ends with it) or
/// "metrics.NAME" (of the best iteration). Errors: InvalidInput, with what was probably meant.
[[nodiscard]] Result<RunField> run_field(std::string_view name);

/// id, name, state, ...: without param. and metrics.
[[nodiscard]] std::vector<std::string> run_field_names();

/// The number that a value is, or that a setting's text is.
[[nodiscard]] std::optional<double> number_of(const RunField& field, const FieldValue& value);

/// As a list shows it to people, times as their clocks say: "" for nothing.
[[nodiscard]] std::string shown(const RunField& field, const FieldValue& value);
/// The same for programs: times in UTC, all digits of measured values.
[[nodiscard]] std::string shown_to_programs(const RunField& field, const FieldValue& value);

/// A JSON document as dotted paths with array indices ("a.b[0].c"), texts bare and other values as JSON.
[[nodiscard]] std::map<std::string, std::string> flattened_settings(const std::string& json);

}  // namespace quantrail::tracking
