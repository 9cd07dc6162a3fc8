#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "tui/view_parts.h"

namespace quantrail::tui {
namespace {

/// The line being typed, its end or the cursor in sight.
void draw_line(Frame& frame, int row, int column, int room, const LineEdit& line) {
  std::size_t first = 0;
  const auto columns_from = [&](std::size_t from) {
    int columns = 1;
    for (std::size_t at = from; at < line.cursor; ++at) columns += width_of(line.text[at]);
    return columns;
  };
  while (first < line.cursor && columns_from(first) > room) ++first;
  int at_column = column;
  for (std::size_t at = first; at < line.text.size() && at_column < column + room; ++at) {
    frame.put(row, at_column, line.text[at], at == line.cursor ? Style::Selected : Style::Input);
    at_column += width_of(line.text[at]);
  }
  if (line.cursor >= line.text.size() && at_column < column + room) frame.put(row, at_column, U' ', Style::Selected);
}

std::string_view prompt_hint(Prompt::For purpose) {
  switch (purpose) {
    case Prompt::For::Filter:
      return "Enter keep  Esc as before   state:done model:resnet* drop<0.01 tag:night not has:note";
    case Prompt::For::Command:
      return "Enter run it  Esc cancel  Tab complete  Up Down choose  ^P earlier  . this run  % marked";
    case Prompt::For::Tag: return "Enter accept  Esc cancel   words, separated by blanks; -word takes one off";
    case Prompt::For::Collect:
      return "Esc cancel   type trash, orphans, answers or backups: what you name is gone for good";
    default: return "Enter accept  Esc cancel  Up what was typed before";
  }
}

void draw_prompt(Frame& frame, const Model& model) {
  const int last = model.size.rows - 1;
  const Prompt& prompt = *model.prompt;
  const std::string label = prompt.purpose == Prompt::For::Command
                                ? " :"
                                : fmt::format(" {}: ", fitted(prompt.label, model.size.columns / 2));
  const int end = frame.put(last, 0, label, Style::Accent);
  draw_line(frame, last, end, model.size.columns - end - 1, prompt.line);
  const bool refused = prompt.purpose == Prompt::For::Filter && !model.runs.refused.empty();
  frame.clear({last - 1, 0, 1, model.size.columns});
  frame.put(
      last - 1, 1,
      fitted(refused ? std::string_view(model.runs.refused) : prompt_hint(prompt.purpose), model.size.columns - 2),
      refused ? Style::Bad : Style::Dim);
}

void draw_question(Frame& frame, const Model& model) {
  const Question& question = *model.question;
  const std::string keys =
      fmt::format("  {}: {}   any other key: leave it", static_cast<char>(question.yes), question.yes_text);
  const int last = model.size.rows - 1;
  const int room = model.size.columns - 2;
  frame.clear({last - 1, 0, 2, model.size.columns});
  if (width_of(question.text) + width_of(keys) <= room) {
    frame.put(last, 1, question.text + keys, Style::Warning);
    return;
  }
  frame.put(last - 1, 1, fitted(question.text, room), Style::Warning);
  frame.put(last, 0, fitted(keys, room), Style::Warning);
}

/// A list over the lower part of the screen.
void draw_list(Frame& frame, const Model& model, std::string_view title, const std::vector<std::string>& lines,
               std::size_t selected, int bottom) {
  const int rows = std::min({static_cast<int>(lines.size()) + 2, bottom - 1, 16});
  if (rows < 3) return;
  int columns = width_of(title) + 8;
  for (const auto& line : lines) columns = std::max(columns, width_of(line) + 6);
  const Area box{bottom - rows, 0, rows, std::min(columns, model.size.columns)};
  frame.clear(box);
  draw_box(frame, box, title, model.look.charset);
  const int room = rows - 2;
  const std::size_t first = first_shown(selected, lines.size(), room);
  for (int row = 0; row < room && first + static_cast<std::size_t>(row) < lines.size(); ++row) {
    const std::size_t at = first + static_cast<std::size_t>(row);
    frame.put(box.row + 1 + row, box.column + 3, fitted(lines[at], box.columns - 5),
              at == selected ? Style::Title : Style::Normal);
    if (at == selected) frame.put(box.row + 1 + row, box.column + 1, U'>', Style::Accent);
  }
}

/// What is done to one run only says itself where it can be done to the selected one.
bool makes_sense(const Model& model, Action action) {
  const auto* run = current_run(model);
  const bool page = model.screen() == Screen::Run;
  const bool removed = page && !removal_of(model.run).empty();
  const bool trash = removed || (model.screen() == Screen::Runs && model.runs.query.trash);
  switch (action) {
    case Action::Undo: return model.screen() != Screen::Runs || trash;
    case Action::Export:
    case Action::Branch: return !removed;
    case Action::ShowTrash: return trash;
    case Action::Help: return model.screen() != Screen::Text;
    case Action::Right: return model.screen() != Screen::Text || text_excess(model) > 0;
    case Action::ClearFilter: return !model.runs.query.filter.empty() || !model.runs.marked.empty();
    case Action::New:
    case Action::Compare: return !trash;
    case Action::Resume:
      return !trash && run != nullptr &&
             (run->state == "interrupted" || run->state == "failed" || run->state == "paused" || run->pausing ||
              run->state == "unknown");
    case Action::Pause: return !trash && run != nullptr && (run->state == "running" || run->state == "paused");
    case Action::Stop: return !trash && run != nullptr && is_live(*run);
    default: return true;
  }
}

}  // namespace

void draw_footer(Frame& frame, const Model& model) {
  const int last = model.size.rows - 1;
  const int room = model.size.columns - 2;
  if (!model.busy.empty() && !model.told)
    frame.put(last - 1, 1, fitted("under way: " + joined(model.busy, ", ") + " ...", room), Style::Accent);
  if (model.told) {
    // What a command says in a line may be longer than this one.
    const int rows =
        std::min<int>(static_cast<int>(wrapped(model.told->text, room).size()), model.size.rows >= 16 ? 3 : 1);
    frame.clear({last - rows, 0, rows, model.size.columns});
    draw_wrapped(frame, {last - rows, 1, rows, room}, model.told->text, model.told->good ? Style::Good : Style::Bad);
  }
  frame.put(last, 1, hints(contexts_of(model), room, [&model](Action action) { return makes_sense(model, action); }),
            Style::Dim);
}

void draw_overlays(Frame& frame, const Model& model) {
  const int bottom = model.size.rows - 2;
  if (model.menu) {
    std::vector<std::string> lines;
    for (const auto& entry : model.menu->entries) lines.push_back(entry.text);
    draw_list(frame, model, model.menu->title, lines, model.menu->at, bottom);
    frame.clear({model.size.rows - 1, 0, 1, model.size.columns});
    frame.put(model.size.rows - 1, 1, "Enter choose  Up Down move  Esc cancel", Style::Dim);
  }
  if (model.prompt || model.question) frame.clear({model.size.rows - 1, 0, 1, model.size.columns});
  if (model.prompt) {
    if (model.prompt->purpose == Prompt::For::Command) {
      std::vector<std::string> lines;
      for (const auto* entry : suggestions(model)) lines.push_back(padded(entry->name, 11) + entry->help);
      draw_list(frame, model, "Commands", lines, model.prompt->at, bottom);
    }
    draw_prompt(frame, model);
  }
  if (model.question) draw_question(frame, model);
}

}  // namespace quantrail::tui
