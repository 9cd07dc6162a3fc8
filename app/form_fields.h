#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tui/form.h"

namespace quantrail::app {

/// A field of the form for a new run. `key` is a dotted path of the configuration, or, after "@", an option of the
/// command.
struct FieldRule {
  std::string_view section{};
  std::string_view key{};
  std::string_view label{};
  tui::FieldKind kind = tui::FieldKind::Text;
  std::vector<std::string> choices{};
  std::string_view help{};
};
[[nodiscard]] std::span<const FieldRule> new_run_fields();
[[nodiscard]] const FieldRule* new_run_field(std::string_view key);

/// "~/" at the beginning as the home folder.
[[nodiscard]] std::string home_expanded(const std::string& text);
/// A path as a person types it, from where the screens were started: absolute, "~/" the home folder.
[[nodiscard]] std::string typed_path(const std::string& text);

/// "KEY=VALUE" for --set: what was typed into the field as JSON where it is not a text by nature.
[[nodiscard]] std::string override_of(std::string_view key, const std::string& text);
/// The text of a field for the value at its key of a configuration (JSON); "" where there is none.
[[nodiscard]] std::string field_text(const std::string& config_json, const FieldRule& rule);

}  // namespace quantrail::app
