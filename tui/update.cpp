#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "tui/model.h"

namespace quantrail::tui {
namespace {

template <class... F>
struct Overload : F... {
  using F::operator()...;
};
template <class... F>
Overload(F...) -> Overload<F...>;

bool is_live(const RunRow& run) {
  return run.state == "running" || run.state == "queued" || run.state == "paused" || run.state == "stopping";
}
bool is_resumable(const RunRow& run) { return run.state == "interrupted" || run.state == "failed"; }

std::size_t moved(std::size_t at, std::size_t count, Action action, std::size_t page) {
  if (count == 0) return 0;
  switch (action) {
    case Action::Up: return at == 0 ? 0 : at - 1;
    case Action::Down: return std::min(at + 1, count - 1);
    case Action::PageUp: return at < page ? 0 : at - page;
    case Action::PageDown: return std::min(at + page, count - 1);
    case Action::First: return 0;
    case Action::Last: return count - 1;
    default: return at;
  }
}

bool is_move(Action action) {
  return action == Action::Up || action == Action::Down || action == Action::PageUp || action == Action::PageDown ||
         action == Action::First || action == Action::Last;
}

std::size_t page_of(const Model& model) { return static_cast<std::size_t>(std::max(1, model.size.rows / 2)); }

std::size_t last_of(const Model& model) {
  return model.open && !model.open->iterations.empty() ? model.open->iterations.size() - 1 : 0;
}

Model telling(Model model, std::string text, bool good) {
  model.told = Told{std::move(text), good};
  return model;
}

Next moved_row(Model model, Action action) {
  const std::size_t page = page_of(model);
  if (model.where == Where::Runs) {
    model.row = moved(model.row, shown_runs(model).size(), action, page);
  } else if (model.where == Where::Run && model.pane == Pane::Iterations) {
    const std::size_t count = model.open ? model.open->iterations.size() : 0;
    model.iteration = moved(model.iteration, count, action, page);
    model.follow = count == 0 || model.iteration + 1 == count;
  } else {
    std::size_t lines = key_table().size();
    if (model.where == Where::Run && model.open) {
      lines = model.pane == Pane::Ranking ? model.open->ranking.size() : model.open->log.size();
    }
    model.scroll = moved(model.scroll, lines, action, page);
  }
  return {std::move(model), {}};
}

Next opened(Model model) {
  const RunRow* run = current_run(model);
  if (run == nullptr) return {std::move(model), {}};
  const std::int64_t id = run->id;
  model.open_id = id;
  model.open.reset();
  model.where = Where::Run;
  model.pane = Pane::Iterations;
  model.iteration = 0;
  model.scroll = 0;
  model.follow = true;
  return {std::move(model), {LoadRun{id}}};
}

Next asked_to_stop(Model model) {
  const RunRow* run = current_run(model);
  if (run == nullptr) return {std::move(model), {}};
  if (!is_live(*run))
    return {telling(std::move(model), fmt::format("run {} is {}: nothing to stop", run->id, run->state), false), {}};
  model.asking_to_stop = run->id;
  return {std::move(model), {}};
}

Next asked_to_resume(Model model) {
  const RunRow* run = current_run(model);
  if (run == nullptr) return {std::move(model), {}};
  const std::int64_t id = run->id;
  if (!is_resumable(*run)) {
    std::string text = fmt::format("run {} is {}: only an interrupted run can be resumed", id, run->state);
    return {telling(std::move(model), std::move(text), false), {}};
  }
  return {telling(std::move(model), fmt::format("resuming run {}", id), true), {ResumeRun{id}}};
}

Next asked_to_export(Model model) {
  const RunRow* run = current_run(model);
  if (run == nullptr) return {std::move(model), {}};
  if (run->iterations == 0) {
    return {telling(std::move(model), fmt::format("run {} has no iteration to export yet", run->id), false), {}};
  }
  Prompt prompt{Prompt::For::ExportPath, {}, {}, run->id, std::nullopt};
  std::string tag = "best";
  if (model.where == Where::Run && model.open && model.iteration < model.open->iterations.size()) {
    prompt.iteration = model.open->iterations[model.iteration].index;
    tag = fmt::format("it{}", *prompt.iteration);
  }
  prompt.label = fmt::format("export run {} {} to", run->id, tag);
  prompt.text = decoded(fmt::format("{}-{}.onnx", run->name, tag));
  std::replace(prompt.text.begin(), prompt.text.end(), U'/', U'_');
  model.prompt = std::move(prompt);
  return {std::move(model), {}};
}

Next submitted(Model model) {
  const Prompt prompt = *std::exchange(model.prompt, std::nullopt);
  const std::string text = encoded(prompt.text);
  if (prompt.purpose == Prompt::For::Filter) return {std::move(model), {}};
  if (text.empty()) return {telling(std::move(model), "nothing was typed", false), {}};
  if (prompt.purpose == Prompt::For::Config) {
    return {telling(std::move(model), fmt::format("starting {}", text), true), {StartRun{text}}};
  }
  return {telling(std::move(model), fmt::format("exporting to {}", text), true),
          {ExportRun{prompt.run, prompt.iteration, text}}};
}

Next typed(Model model, const KeyPress& press) {
  Prompt& prompt = *model.prompt;
  const bool filtering = prompt.purpose == Prompt::For::Filter;
  switch (press.key) {
    case Key::Enter: return submitted(std::move(model));
    case Key::CtrlC:
    case Key::Escape:
      if (filtering) model.filter.clear();
      model.prompt.reset();
      return {std::move(model), {}};
    case Key::Backspace:
      if (!prompt.text.empty()) prompt.text.pop_back();
      break;
    case Key::Character:
      if (press.character >= 0x20) prompt.text += press.character;
      break;
    default: return {std::move(model), {}};
  }
  if (filtering) {
    model.filter = encoded(prompt.text);
    model.row = 0;
  }
  return {std::move(model), {}};
}

Next answered_stop(Model model, const KeyPress& press) {
  const std::int64_t id = *std::exchange(model.asking_to_stop, std::nullopt);
  if (press != KeyPress{Key::Character, U'y'}) return {telling(std::move(model), "not stopped", true), {}};
  return {telling(std::move(model), fmt::format("asked run {} to stop", id), true), {StopRun{id}}};
}

Next went_back(Model model) {
  if (model.where == Where::Help) {
    model.where = model.before_help;
    model.scroll = 0;
    return {std::move(model), {}};
  }
  model.where = Where::Runs;
  model.open.reset();
  return {std::move(model), {LoadRuns{}}};
}

Next acted(Model model, Action action) {
  if (is_move(action)) return moved_row(std::move(model), action);
  switch (action) {
    case Action::Open: return opened(std::move(model));
    case Action::Back: return went_back(std::move(model));
    case Action::Quit: return {std::move(model), {Quit{}}};
    case Action::Stop: return asked_to_stop(std::move(model));
    case Action::Resume: return asked_to_resume(std::move(model));
    case Action::Export: return asked_to_export(std::move(model));
    case Action::Reload: return {std::move(model), {LoadRuns{}}};
    case Action::Redraw: return {std::move(model), {Repaint{}}};
    case Action::Help:
      model.before_help = model.where;
      model.where = Where::Help;
      model.scroll = 0;
      return {std::move(model), {}};
    case Action::New: model.prompt = Prompt{Prompt::For::Config, "configuration file", {}, 0, std::nullopt}; break;
    case Action::Filter:
      model.prompt = Prompt{Prompt::For::Filter, "show runs with", decoded(model.filter), 0, std::nullopt};
      break;
    case Action::NextPane:
      model.pane = model.pane == Pane::Iterations ? Pane::Ranking
                   : model.pane == Pane::Ranking  ? Pane::Log
                                                  : Pane::Iterations;
      model.scroll = 0;
      break;
    case Action::Follow:
      model.follow = !model.follow;
      if (model.follow) model.iteration = last_of(model);
      break;
    default: break;
  }
  return {std::move(model), {}};
}

Next pressed(Model model, const KeyPress& press) {
  if (model.prompt) return typed(std::move(model), press);
  if (model.asking_to_stop) return answered_stop(std::move(model), press);
  const Action action = action_for(model.where, press);
  if (action != Action::None) model.told.reset();
  return acted(std::move(model), action);
}

Next runs_loaded(Model model, const RunsLoaded& loaded) {
  std::optional<std::int64_t> selected;
  if (const auto shown = shown_runs(model); model.row < shown.size()) selected = model.runs[shown[model.row]].id;
  model.runs = loaded.runs;
  model.runs_known = true;
  const auto shown = shown_runs(model);
  for (std::size_t at = 0; at < shown.size(); ++at) {
    if (selected == model.runs[shown[at]].id) model.row = at;
  }
  model.row = shown.empty() ? 0 : std::min(model.row, shown.size() - 1);
  return {std::move(model), {}};
}

Next run_loaded(Model model, const RunLoaded& loaded) {
  if (model.where == Where::Runs || loaded.detail.run.id != model.open_id) return {std::move(model), {}};
  model.open = loaded.detail;
  model.iteration = model.follow ? last_of(model) : std::min(model.iteration, last_of(model));
  return {std::move(model), {}};
}

Next ticked(Model model, const Ticked& tick) {
  model.clock = tick.clock;
  const bool in_run = model.where == Where::Run || (model.where == Where::Help && model.before_help == Where::Run);
  if (in_run) return {std::move(model), {LoadRun{model.open_id}}};
  return {std::move(model), {LoadRuns{}}};
}

}  // namespace

std::vector<std::size_t> shown_runs(const Model& model) {
  std::vector<std::size_t> shown;
  for (std::size_t at = 0; at < model.runs.size(); ++at) {
    const RunRow& run = model.runs[at];
    const bool passes = run.name.find(model.filter) != std::string::npos ||
                        run.state.find(model.filter) != std::string::npos ||
                        run.model.find(model.filter) != std::string::npos;
    if (model.filter.empty() || passes) shown.push_back(at);
  }
  return shown;
}

const RunRow* current_run(const Model& model) {
  if (model.where == Where::Run) return model.open ? &model.open->run : nullptr;
  const auto shown = shown_runs(model);
  return model.row < shown.size() ? &model.runs[shown[model.row]] : nullptr;
}

Next update(Model model, const Msg& msg) {
  return std::visit(Overload{
                        [&](const KeyPressed& m) { return pressed(std::move(model), m.press); },
                        [&](const Resized& m) {
                          model.size = m.size;
                          return Next{std::move(model), {}};
                        },
                        [&](const RunsLoaded& m) { return runs_loaded(std::move(model), m); },
                        [&](const RunLoaded& m) { return run_loaded(std::move(model), m); },
                        [&](const Told& m) {
                          model.told = m;
                          const Cmd reload = model.where == Where::Run ? Cmd{LoadRun{model.open_id}} : Cmd{LoadRuns{}};
                          return Next{std::move(model), {reload}};
                        },
                        [&](const Ticked& m) { return ticked(std::move(model), m); },
                    },
                    msg);
}

}  // namespace quantrail::tui
