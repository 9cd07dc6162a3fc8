#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "tui/line_edit.h"

namespace quantrail::tui {

enum class FieldKind {
  Text,
  Path,    ///< completed from the file system
  List,    ///< separated by commas
  Choice,  ///< one of Field::choices
  Flag,    ///< "yes" or "no"
};

/// One line of a form.
struct Field {
  std::string key{};  ///< what it sets; unique in the form
  std::string label{};
  FieldKind kind = FieldKind::Text;
  std::vector<std::string> choices{};
  std::string help{};
  std::string section{};   ///< title above it; empty: it goes on
  std::string original{};  ///< what it held when the form was opened
  LineEdit line{};
  bool operator==(const Field&) const = default;
};

enum class FormKind { NewRun, Export };

/// Where a form's values come from: for a new run a configuration file, RUN (its settings), RUN@IT (that branches off),
/// or nothing; for an export RUN@IT.
struct FormSource {
  FormKind kind = FormKind::NewRun;
  std::string what{};
  std::vector<std::string> ignored{};  ///< layers to keep in float besides
  bool operator==(const FormSource&) const = default;
};

struct Form {
  FormSource source{};
  std::string title{};
  std::vector<Field> fields{};
  std::size_t at = 0;  ///< field with the cursor
  std::uint64_t revision = 0;
  std::map<std::string, std::string> errors{};  ///< by key; "": of the whole
  std::vector<std::string> notes{};
  std::vector<std::string> completions{};  ///< of the path under the cursor
  bool leaving = false;                    ///< Esc was pressed once, though something was typed
  std::string draft{};                     ///< that was edited, and is no configuration; empty: there is none
  bool submitted = false;                  ///< its command is under way
  bool checked = false;                    ///< errors and notes are those of this revision
  bool operator==(const Form&) const = default;
};

using Changes = std::vector<std::pair<std::string, std::string>>;

/// Fields that do not hold what they held, as (key, text).
[[nodiscard]] Changes changes_of(const Form& form);
/// All fields, as (key, text).
[[nodiscard]] Changes values_of(const Form& form);

/// What a key does to the field under the cursor; whether its text changed.
bool edit_field(Form& form, const KeyPress& press);
/// Puts the longest start that all completions share into the field; whether its text changed.
bool complete_field(Form& form);
void next_field(Form& form);
void previous_field(Form& form);
void next_error(Form& form);

}  // namespace quantrail::tui
