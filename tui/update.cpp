#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "tui/layout.h"
#include "tui/update_parts.h"

namespace quantrail::tui {
namespace {

template <class... F>
struct Overload : F... {
  using F::operator()...;
};
template <class... F>
Overload(F...) -> Overload<F...>;

Next answered(Model model, const KeyPress& press) {
  const Question question = *std::exchange(model.question, std::nullopt);
  if (press != on(question.yes)) return telling(std::move(model), "left as it was", true);
  return commanding_each(std::move(model), question.commands);
}

/// What is pasted goes where a person types; elsewhere it would be a row of commands.
Next pasted(Model model, const KeyPress& press) {
  model.pasted = true;
  if (press.key == Key::PasteEnd || press == control(U'C')) {
    model.pasting = false;
    return still(std::move(model));
  }
  if (press.key != Key::Character) return still(std::move(model));
  if (model.prompt) return typed_in_prompt(std::move(model), press);
  if (model.screen() == Screen::Form && model.form && !model.menu && !model.question)
    return typed_in_form(std::move(model), press);
  return still(std::move(model));
}

Next pressed(Model model, const KeyPress& press) {
  if (press.key == Key::PasteBegin) {
    model.pasting = true;
    model.pasted = true;
    return still(std::move(model));
  }
  if (model.pasting) return pasted(std::move(model), press);
  if (model.question) return answered(std::move(model), press);
  if (model.prompt) return typed_in_prompt(std::move(model), press);
  if (model.menu) return chose_in_menu(std::move(model), press);
  if (model.screen() == Screen::Form) return typed_in_form(std::move(model), press);
  const Action action = action_for(contexts_of(model), press);
  if (action != Action::None) model.told.reset();
  return acted(std::move(model), action);
}

Next runs_loaded(Model model, RunsLoaded loaded) {
  RunsPage& page = model.runs;
  if (loaded.query != page.wanted) return still(std::move(model));  // another one was asked for since
  std::optional<std::int64_t> selected;
  if (page.at < page.runs.size()) selected = page.runs[page.at].id;
  page.query = loaded.query;
  page.columns = std::move(loaded.columns);
  page.runs = std::move(loaded.runs);
  page.total = loaded.total;
  page.states = std::move(loaded.states);
  page.known = true;
  page.refused.clear();
  const auto again =
      std::find_if(page.runs.begin(), page.runs.end(), [&](const RunRow& run) { return selected == run.id; });
  if (again != page.runs.end())
    page.at = static_cast<std::size_t>(again - page.runs.begin());
  else
    page.at = page.runs.empty() ? 0 : std::min(page.at, page.runs.size() - 1);
  if (page.query.filter.empty()) {
    std::erase_if(page.marked, [&](std::int64_t id) {
      return std::none_of(page.runs.begin(), page.runs.end(), [&](const RunRow& run) { return run.id == id; });
    });
  }
  if (page.runs.empty()) {
    page.preview.reset();
    return still(std::move(model));
  }
  const std::int64_t id = page.runs[page.at].id;
  const bool fresh = !page.preview || page.preview->run.id != id;
  return {std::move(model), {LoadRun{.id = id, .fresh = fresh}}};
}

/// How many rows of `now` are newer than the last of `before`; a long text may have lost its beginning since.
std::size_t came_behind(const std::vector<LogRow>& before, const std::vector<LogRow>& now) {
  if (before.empty()) return 0;
  for (std::size_t at = now.size(); at > 0; --at) {
    const bool last = now[at - 1] == before.back();
    const bool second = before.size() < 2 || (at > 1 && now[at - 2] == before[before.size() - 2]);
    if (last && second) return now.size() - at;
  }
  return 0;
}

Next run_loaded(Model model, const std::shared_ptr<const RunDetail>& detail) {
  const std::int64_t id = detail->run.id;
  if (model.runs.at < model.runs.runs.size() && model.runs.runs[model.runs.at].id == id) model.runs.preview = detail;
  RunPage& page = model.run;
  if (id != page.id) return still(std::move(model));
  page.deleted = false;
  keeping_layer(page, [&] {
    keeping_setting(page, [&] {
      const auto log = log_lines(model);
      const std::size_t rankings = page.detail ? page.detail->rankings.size() : 0;
      page.detail = detail;
      // What one reads or looks at does not move because something newer came.
      if (page.log_back > 0) page.log_back += came_behind(log, log_lines(model));
      if (page.ranking_back > 0)
        page.ranking_back += detail->rankings.size() - std::min(rankings, detail->rankings.size());
    });
  });
  const auto& iterations = page.detail->iterations;
  const std::size_t last = iterations.empty() ? 0 : iterations.size() - 1;
  if (page.wanted) {
    const auto at = std::find_if(iterations.begin(), iterations.end(),
                                 [&](const IterationRow& row) { return row.index == *page.wanted; });
    if (at != iterations.end()) page.iteration = static_cast<std::size_t>(at - iterations.begin());
    page.follow = false;
    page.wanted.reset();
  }
  page.iteration = page.follow ? last : std::min(page.iteration, last);
  return still(std::move(model));
}

Next comparison_loaded(Model model, const ComparisonLoaded& loaded) {
  ComparePage& page = model.compare;
  if (loaded.asked != page.runs) return still(std::move(model));  // others were asked for since
  keeping_point(page, [&] { page.comparison = loaded.comparison; });
  page.runs.clear();
  for (const auto& run : page.comparison->runs) page.runs.push_back(run.id);
  return still(std::move(model));
}

Next command_done(Model model, const CommandDone& done) {
  const std::string label = done.arguments.empty() ? std::string() : done.arguments.front();
  const auto under_way = std::find(model.busy.begin(), model.busy.end(), label);
  if (under_way != model.busy.end()) model.busy.erase(under_way);
  const bool of_a_form = label == "run" || label == "export" || label == "check";
  if (of_a_form && model.form && std::exchange(model.form->submitted, false))
    return form_submitted(std::move(model), done);
  std::vector<std::string> lines = lines_of(done.output);
  const bool good = done.exit_code == 0;
  if (done.show && lines.size() > 1) {
    // Nobody is taken away from what they do meanwhile.
    if (model.way != model.asked_from || model.prompt || model.menu || model.question) {
      model.output = TextPage{"quantrail " + label, std::move(lines)};
      return telling(std::move(model), fmt::format("{}: {}, Ctrl-O shows it", label, good ? "done" : "failed"), good);
    }
    Next next = showing_text(std::move(model), "quantrail " + label, std::move(lines));
    if (!good) next.model.told = Told{fmt::format("{}: exit code {}", label, done.exit_code), false};
    return next;
  }
  if (label == "rm" && good) model.runs.marked.clear();
  std::string text = lines.empty() ? fmt::format("{}: {}", label, good ? "done" : "failed") : lines.back();
  if (label == "rename" && !good) text += "; w, then Up, has what was typed";
  // What failed is not talked over by what went well: it stays until a key is pressed.
  const bool failed_before = model.told && !model.told->good;
  Next next = good && failed_before ? still(std::move(model)) : telling(std::move(model), std::move(text), good);
  next.commands = reading(next.model, true);
  return next;
}

Next scrolled(Model model, int rows) {
  if (model.prompt || model.question) return still(std::move(model));
  Next next = still(std::move(model));
  for (int step = 0; step < std::abs(rows); ++step) {
    Next one = next.model.menu ? chose_in_menu(std::move(next.model), on(rows > 0 ? Key::Down : Key::Up))
                               : moved(std::move(next.model), rows > 0 ? Action::Down : Action::Up);
    next.model = std::move(one.model);
    if (!one.commands.empty()) next.commands = std::move(one.commands);
  }
  return next;
}

}  // namespace

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find('\n', at), text.size());
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

Next telling(Model model, std::string text, bool good) {
  model.told = Told{std::move(text), good};
  return still(std::move(model));
}

Next commanding(Model model, std::vector<std::string> arguments, bool show) {
  model.busy.push_back(arguments.front());
  if (show) model.asked_from = model.way;
  return {std::move(model), {RunCommand{std::move(arguments), show}}};
}

Next commanding_each(Model model, const std::vector<std::vector<std::string>>& commands) {
  Next next = still(std::move(model));
  for (const auto& command : commands) {
    Next one = commanding(std::move(next.model), command);
    next.model = std::move(one.model);
    next.commands.insert(next.commands.end(), one.commands.begin(), one.commands.end());
  }
  return next;
}

namespace {

bool was_read(const Msg& msg) {
  return std::holds_alternative<RunsLoaded>(msg) || std::holds_alternative<RunLoaded>(msg) ||
         std::holds_alternative<RunGone>(msg) || std::holds_alternative<ComparisonLoaded>(msg) ||
         std::holds_alternative<HealthLoaded>(msg);
}

Next updated(Model model, const Msg& msg) {
  if (was_read(msg) && model.told && model.told->of_reading) model.told.reset();
  return std::visit(Overload{
                        [&](const KeyPressed& m) { return pressed(std::move(model), m.press); },
                        [&](const Clicked& m) { return clicked(std::move(model), m); },
                        [&](const Scrolled& m) { return scrolled(std::move(model), m.rows); },
                        [&](const Resized& m) {
                          model.size = m.size;
                          return still(std::move(model));
                        },
                        [&](const Ticked& m) {
                          model.clock = m.clock;
                          model.pasting = model.pasting && std::exchange(model.pasted, false);
                          auto commands = reading(model, false);
                          return Next{std::move(model), std::move(commands)};
                        },
                        [&](const RunsLoaded& m) { return runs_loaded(std::move(model), m); },
                        [&](const QueryRefused& m) {
                          // While it is typed a filter is often not one yet.
                          const bool typing = model.prompt && model.prompt->purpose == Prompt::For::Filter;
                          if (!typing) {
                            model.runs.wanted = model.runs.query;
                            return telling(std::move(model), m.why, false);
                          }
                          model.runs.refused = m.why;
                          return still(std::move(model));
                        },
                        [&](const RunLoaded& m) { return run_loaded(std::move(model), m.detail); },
                        [&](const RunGone& m) {
                          if (m.id == model.run.id) model.run.deleted = true;
                          return still(std::move(model));
                        },
                        [&](const ComparisonLoaded& m) { return comparison_loaded(std::move(model), m); },
                        [&](const ViewsLoaded& m) {
                          model.views = m.views;
                          model.fields = m.fields;
                          return still(std::move(model));
                        },
                        [&](const HealthLoaded& m) {
                          model.health.sections = m.sections;
                          model.health.known = true;
                          return still(std::move(model));
                        },
                        [&](const FormLoaded& m) { return form_loaded(std::move(model), m); },
                        [&](const FormChecked& m) { return form_checked(std::move(model), m); },
                        [&](const Completed& m) {
                          if (model.form && model.form->at < model.form->fields.size() &&
                              model.form->fields[model.form->at].kind == FieldKind::Path &&
                              text_of(model.form->fields[model.form->at].line) == m.text)
                            model.form->completions = m.candidates;
                          return still(std::move(model));
                        },
                        [&](const DraftWritten& m) {
                          return Next{std::move(model), {EditFile{m.path}}};
                        },
                        [&](const Edited& m) {
                          if (m.how == Editing::Failed)
                            return telling(std::move(model),
                                           "the editor (VISUAL, EDITOR or vi) failed: nothing was changed", false);
                          if (!model.form) return still(std::move(model));
                          // The run or file that the form came from stays its source.
                          if (m.how == Editing::Unchanged && model.form->draft.empty())
                            return telling(std::move(model), "nothing was changed", true);
                          model.form->draft = m.path;  // until it has become the source
                          FormSource source = model.form->source;
                          source.what = m.path;
                          source.ignored.clear();  // they are in the file
                          // What is no setting is not in the file.
                          Changes changes = changes_of(*model.form);
                          std::erase_if(changes, [](const auto& change) { return !change.first.starts_with('@'); });
                          return Next{std::move(model), {LoadForm{std::move(source), std::move(changes)}}};
                        },
                        [&](const CommandDone& m) { return command_done(std::move(model), m); },
                        [&](const Told& m) {
                          model.told = m;
                          auto commands = reading(model, true);
                          return Next{std::move(model), m.good ? std::move(commands) : std::vector<Cmd>{}};
                        },
                    },
                    msg);
}

}  // namespace

Next update(Model model, const Msg& msg) {
  Next next = updated(std::move(model), msg);
  for (const auto& command : next.commands) {
    if (const auto* runs = std::get_if<LoadRuns>(&command)) next.model.runs.wanted = runs->query;
  }
  return next;
}

}  // namespace quantrail::tui
