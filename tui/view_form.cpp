#include <fmt/format.h>

#include <algorithm>

#include "tui/view_parts.h"

namespace quantrail::tui {
namespace {

constexpr int kLabel = 22;

/// Lines of the form: fields, and titles of sections above them.
struct FormLine {
  std::string title{};
  std::size_t field = 0;  ///< where `title` is empty
};

std::vector<FormLine> form_lines(const Form& form) {
  std::vector<FormLine> lines;
  for (std::size_t at = 0; at < form.fields.size(); ++at) {
    if (!form.fields[at].section.empty()) lines.push_back({form.fields[at].section, at});
    lines.push_back({"", at});
  }
  return lines;
}

std::string choice_text(const Field& field, std::size_t at) {
  const std::string& choice = field.choices[at];
  return fmt::format("({}) {}  ", choice == text_of(field.line) ? "*" : " ", choice.empty() ? "default" : choice);
}

/// All choices, or those around the chosen one where not all fit.
void draw_choices(Frame& frame, int row, int column, int room, const Field& field, bool here) {
  std::size_t chosen = 0;
  for (std::size_t at = 0; at < field.choices.size(); ++at)
    chosen = field.choices[at] == text_of(field.line) ? at : chosen;
  std::size_t first = 0;
  const auto columns_to_chosen = [&](std::size_t from) {
    int columns = from > 0 ? 2 : 0;
    for (std::size_t at = from; at <= chosen && at < field.choices.size(); ++at)
      columns += width_of(choice_text(field, at));
    return columns;
  };
  while (first < chosen && columns_to_chosen(first) > room - 2) ++first;
  int at_column = first > 0 ? frame.put(row, column, "< ", Style::Dim) : column;
  for (std::size_t at = first; at < field.choices.size(); ++at) {
    const std::string text = choice_text(field, at);
    const bool more = at + 1 < field.choices.size();
    if (at > chosen && at_column + width_of(text) > column + room - (more ? 2 : 0)) {
      frame.put(row, at_column, ">", Style::Dim);
      return;
    }
    const Style style = at != chosen ? Style::Dim : here ? Style::Selected : Style::Title;
    at_column = frame.put(row, at_column, fitted(text, column + room - at_column), style);
  }
}

void draw_value(Frame& frame, int row, int column, int room, const Field& field, bool here) {
  if (field.kind == FieldKind::Choice || field.kind == FieldKind::Flag) {
    draw_choices(frame, row, column, room, field, here);
    return;
  }
  frame.put(row, column, "[", Style::Border);
  frame.put(row, column + room - 1, "]", Style::Border);
  std::size_t first = 0;
  const auto& line = field.line;
  const auto columns_from = [&](std::size_t from) {
    int columns = 1;
    for (std::size_t at = from; at < line.cursor; ++at) columns += width_of(line.text[at]);
    return columns;
  };
  while (here && first < line.cursor && columns_from(first) > room - 2) ++first;
  int at_column = column + 1;
  const int end = column + room - 1;
  for (std::size_t at = first; at < line.text.size() && at_column + width_of(line.text[at]) <= end; ++at) {
    frame.put(row, at_column, line.text[at], here && at == line.cursor ? Style::Selected : Style::Input);
    at_column += width_of(line.text[at]);
  }
  if (here && line.cursor >= line.text.size() && at_column < end) frame.put(row, at_column, U' ', Style::Selected);
}

void draw_field(Frame& frame, const Form& form, int row, int columns, std::size_t at) {
  const Field& field = form.fields[at];
  const bool here = at == form.at;
  const auto error = form.errors.find(field.key);
  const bool changed = text_of(field.line) != field.original;
  frame.put(row, 0,
            error != form.errors.end() ? "E"
            : here                     ? ">"
                                       : " ",
            error != form.errors.end() ? Style::Bad : Style::Accent);
  frame.put(row, 2, fitted(field.label, kLabel - 1), changed ? Style::Title : Style::Normal);
  const int column = kLabel + 2;
  const int room =
      std::max(12, std::min(columns - column - 2, error != form.errors.end() && columns >= 100 ? columns / 2 - column
                                                                                               : columns - column - 2));
  draw_value(frame, row, column, room, field, here);
  if (error != form.errors.end() && columns >= 100)
    frame.put(row, column + room + 2, fitted(error->second, columns - column - room - 3), Style::Bad);
}

std::vector<std::string> differences(const Form& form) {
  std::vector<std::string> texts;
  for (const auto& field : form.fields) {
    const std::string now = text_of(field.line);
    if (now != field.original && field.key != "from")
      texts.push_back(fmt::format("{}: {} > {}", field.label, field.original.empty() ? "(none)" : field.original,
                                  now.empty() ? "(none)" : now));
  }
  return texts;
}

/// What is below the fields: the field's error or help, completions, then what differs and what is to be known.
void draw_below(Frame& frame, const Form& form, const Area& area) {
  int row = 0;
  const auto line = [&](std::string_view text, Style style) {
    if (row < area.rows) frame.put(area.row + row++, 1, fitted(text, area.columns - 2), style);
  };
  if (form.at < form.fields.size()) {
    const Field& field = form.fields[form.at];
    const auto error = form.errors.find(field.key);
    if (error != form.errors.end())
      row += draw_wrapped(frame, {area.row + row, 1, std::min(3, area.rows - row), area.columns - 2}, error->second,
                          Style::Bad);
    else
      line(field.help, Style::Dim);
  }
  if (const auto whole = form.errors.find(""); whole != form.errors.end()) line(whole->second, Style::Bad);
  if (!form.completions.empty()) {
    std::string names;
    for (const auto& path : form.completions) {
      const auto slash = path.find_last_of('/', path.size() - (path.size() > 1 ? 2 : 1));
      names += (names.empty() ? "" : "  ") + path.substr(slash == std::string::npos ? 0 : slash + 1);
    }
    line("Tab: " + names, Style::Accent);
  }
  std::string changes;
  for (const auto& text : differences(form)) changes += (changes.empty() ? "changed  " : ",  ") + text;
  if (!changes.empty() && row < area.rows)
    row += draw_wrapped(frame, {area.row + row, 1, std::min(2, area.rows - row), area.columns - 2}, changes,
                        Style::Warning);
  for (const auto& note : form.notes) {
    if (row < area.rows)
      row += draw_wrapped(frame, {area.row + row, 1, area.rows - row, area.columns - 2}, note, Style::Dim);
  }
}

}  // namespace

void draw_form(Frame& frame, const Model& model) {
  if (!model.form) return;
  const Form& form = *model.form;
  std::string text = "quantrail  " + form.title;
  if (form.errors.empty())
    text += form.checked ? "   ready" : "   checking ...";
  else
    text += fmt::format("   {} error{}", form.errors.size(), form.errors.size() == 1 ? "" : "s");
  text += fmt::format("   field {} of {}", form.at + 1, form.fields.size());
  draw_header(frame, text, model);
  const int below = model.size.rows >= 20 ? 6 : 2;
  const Area list{1, 0, model.size.rows - 3 - below, model.size.columns};
  const auto lines = form_lines(form);
  std::size_t selected = 0;
  for (std::size_t at = 0; at < lines.size(); ++at) {
    if (lines[at].title.empty() && lines[at].field == form.at) selected = at;
  }
  const std::size_t first = form.at == 0 ? 0 : first_shown(selected + 1, lines.size() + 1, list.rows);
  for (int row = 0; row < list.rows && first + static_cast<std::size_t>(row) < lines.size(); ++row) {
    const FormLine& line = lines[first + static_cast<std::size_t>(row)];
    if (line.title.empty())
      draw_field(frame, form, list.row + row, list.columns, line.field);
    else
      frame.put(list.row + row, 1, line.title, Style::Dim);
  }
  draw_below(frame, form, {list.row + list.rows, 0, below, model.size.columns});
  draw_footer(frame, model);
}

}  // namespace quantrail::tui
