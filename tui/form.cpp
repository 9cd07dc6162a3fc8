#include "tui/form.h"

#include <algorithm>

namespace quantrail::tui {
namespace {

/// The choice `step` further, round and round.
void choose(Field& field, int step) {
  const auto at = std::find(field.choices.begin(), field.choices.end(), text_of(field.line));
  const auto count = static_cast<int>(field.choices.size());
  if (count == 0) return;
  const int now = at == field.choices.end() ? -1 : static_cast<int>(at - field.choices.begin());
  const int next = now < 0 ? 0 : (now + step + count) % count;
  field.line = line_of(field.choices[static_cast<std::size_t>(next)]);
}

/// Choices are stepped through, or named by their first letter.
void edit_choice(Field& field, const KeyPress& press) {
  if (press == on(U' ') || press.key == Key::Right || press.key == Key::Enter) return choose(field, 1);
  if (press.key == Key::Left) return choose(field, -1);
  if (press.key != Key::Character) return;
  for (std::size_t tried = 0; tried < field.choices.size(); ++tried) {
    choose(field, 1);
    if (!field.line.text.empty() && field.line.text.front() == press.character) return;
  }
}

}  // namespace

Changes changes_of(const Form& form) {
  Changes changes;
  for (const auto& field : form.fields) {
    if (text_of(field.line) != field.original) changes.emplace_back(field.key, text_of(field.line));
  }
  return changes;
}

Changes values_of(const Form& form) {
  Changes values;
  for (const auto& field : form.fields) values.emplace_back(field.key, text_of(field.line));
  return values;
}

bool edit_field(Form& form, const KeyPress& press) {
  if (form.at >= form.fields.size()) return false;
  Field& field = form.fields[form.at];
  const LineEdit before = field.line;
  if (field.kind == FieldKind::Choice || field.kind == FieldKind::Flag) {
    edit_choice(field, press);
  } else {
    edit(field.line, press);
  }
  if (field.line.text == before.text) return false;
  ++form.revision;
  form.checked = false;
  return true;
}

bool complete_field(Form& form) {
  if (form.at >= form.fields.size() || form.completions.empty()) return false;
  std::u32string shared = line_of(form.completions.front()).text;
  for (const auto& other : form.completions) {
    const auto text = line_of(other).text;
    const auto end = std::mismatch(shared.begin(), shared.end(), text.begin(), text.end()).first;
    shared.erase(end, shared.end());
  }
  Field& field = form.fields[form.at];
  if (shared.size() <= field.line.text.size()) return false;
  field.line = {shared, shared.size()};
  ++form.revision;
  form.checked = false;
  return true;
}

void next_field(Form& form) {
  if (!form.fields.empty()) form.at = (form.at + 1) % form.fields.size();
  form.completions.clear();
}

void previous_field(Form& form) {
  if (!form.fields.empty()) form.at = (form.at + form.fields.size() - 1) % form.fields.size();
  form.completions.clear();
}

void next_error(Form& form) {
  for (std::size_t step = 1; step <= form.fields.size(); ++step) {
    const std::size_t at = (form.at + step) % form.fields.size();
    if (!form.errors.contains(form.fields[at].key)) continue;
    form.at = at;
    form.completions.clear();
    return;
  }
}

}  // namespace quantrail::tui
