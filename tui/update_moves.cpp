#include <algorithm>

#include "base/text.h"
#include "tui/layout.h"
#include "tui/update_parts.h"

namespace quantrail::tui {
namespace {

std::size_t stepped(std::size_t at, std::size_t count, Action action, std::size_t page) {
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

/// Scrolls through `count` lines of which `room` are in sight: ends where the last one is.
std::size_t scrolled_to(std::size_t at, std::size_t count, int room, Action action, std::size_t page) {
  const auto shown = static_cast<std::size_t>(std::max(room, 1));
  const std::size_t places = count > shown ? count - shown + 1 : 1;
  return stepped(std::min(at, places - 1), places, action, page);
}

/// Lines below the last one in sight: up means more of them.
std::size_t stepped_back(std::size_t back, std::size_t count, int room, Action action, std::size_t page) {
  const auto shown = static_cast<std::size_t>(std::max(room, 1));
  const std::size_t most = count > shown ? count - shown : 0;
  return most - scrolled_to(most - std::min(back, most), count, room, action, page);
}

Next moved_on_list(Model model, Action action, std::size_t page) {
  RunsPage& runs = model.runs;
  const std::size_t before = runs.at;
  runs.at = stepped(runs.at, runs.runs.size(), action, page);
  if (runs.at == before || runs.runs.empty()) return still(std::move(model));
  const std::int64_t id = runs.runs[runs.at].id;
  return {std::move(model), {LoadRun{.id = id, .quiet = true}}};
}

Next moved_on_page(Model model, Action action, std::size_t page) {
  RunPage& run = model.run;
  if (!run.detail) return still(std::move(model));
  const std::size_t iterations = run.detail->iterations.size();
  switch (run.tab) {
    case RunTab::Live:
    case RunTab::Models:
      run.iteration = stepped(run.iteration, iterations, action, page);
      run.follow = iterations == 0 || run.iteration + 1 == iterations;
      break;
    case RunTab::Layers: run.layer = stepped(run.layer, ordered_layers(run).size(), action, page); break;
    case RunTab::Log:
      run.log_back = stepped_back(run.log_back, log_lines(model).size(), page_area(model).rows - 1, action, page);
      break;
    case RunTab::Config: run.setting = stepped(run.setting, shown_settings(run).size(), action, page); break;
  }
  return still(std::move(model));
}

Next moved_in_comparison(Model model, Action action, std::size_t page) {
  ComparePage& compare = model.compare;
  if (!compare.comparison) return still(std::move(model));
  if (compare.tab == CompareTab::Pareto) {
    compare.point = stepped(compare.point, pareto_points(compare).size(), action, page);
  } else {
    compare.scroll = scrolled_to(compare.scroll, compare_lines(compare), page_area(model).rows - 1, action, page);
  }
  return still(std::move(model));
}

}  // namespace

bool is_move(Action action) {
  return action == Action::Up || action == Action::Down || action == Action::PageUp || action == Action::PageDown ||
         action == Action::First || action == Action::Last;
}

Next moved(Model model, Action action) {
  const auto page = static_cast<std::size_t>(std::max(1, model.size.rows / 2));
  switch (model.screen()) {
    case Screen::Runs: return moved_on_list(std::move(model), action, page);
    case Screen::Run: return moved_on_page(std::move(model), action, page);
    case Screen::Compare: return moved_in_comparison(std::move(model), action, page);
    case Screen::Health:
      model.health.scroll =
          scrolled_to(model.health.scroll, health_lines(model.health), model.size.rows - 3, action, page);
      break;
    case Screen::Text:
      model.text.scroll = scrolled_to(model.text.scroll, text_rows(model).size(), model.size.rows - 3, action, page);
      break;
    case Screen::Form: break;
  }
  return still(std::move(model));
}

Next clicked(Model model, const Clicked& click) {
  if (model.prompt || model.question || model.menu) return still(std::move(model));
  if (model.screen() == Screen::Runs) {
    const auto at = run_at_row(model, click.row);
    if (!at || *at == model.runs.at) return still(std::move(model));
    model.runs.at = *at;
    const std::int64_t id = model.runs.runs[*at].id;
    return {std::move(model), {LoadRun{.id = id, .quiet = true}}};
  }
  if (model.screen() == Screen::Run) {
    if (const auto tab = tab_at(model, click.row, click.column)) {
      model.run.tab = *tab;
    } else if (const auto at = iteration_at_row(model, click.row)) {
      model.run.iteration = *at;
      model.run.follow = model.run.detail && *at + 1 == model.run.detail->iterations.size();
    }
  }
  return still(std::move(model));
}

std::optional<std::size_t> found_from(const std::vector<std::string>& texts, std::string_view what, std::size_t from,
                                      int step) {
  const std::size_t count = texts.size();
  for (std::size_t walked = step == 0 ? 0 : 1; walked <= count && count > 0 && !what.empty(); ++walked) {
    const std::size_t at = step < 0 ? (from + 2 * count - walked) % count : (from + walked) % count;
    if (found_in(texts[at], what)) return at;
  }
  return std::nullopt;
}

Next searched(Model model, int step) {
  const bool page = model.screen() == Screen::Run;
  RunPage& run = model.run;
  const std::string what = page ? run.search : model.text.search;
  std::vector<std::string> texts;
  std::size_t at = 0;
  if (!page) {
    texts = text_rows(model);
    at = model.text.scroll;
  } else if (run.tab == RunTab::Config) {
    for (const auto* row : shown_settings(run)) texts.push_back(row->key + " " + row->value);
    at = run.setting;
  } else if (run.tab == RunTab::Log) {
    for (const auto& row : log_lines(model)) texts.push_back(row.text);
    at = texts.size() - std::min(run.log_back + 1, texts.size());
  } else if (run.tab == RunTab::Layers) {
    for (const auto* row : ordered_layers(run)) texts.push_back(row->layer);
    at = run.layer;
  } else if (run.detail) {
    for (const auto& row : run.detail->iterations) texts.push_back(row.kind + " " + joined(row.changed_layers, " "));
    at = run.iteration;
  }
  const auto found = found_from(texts, what, at, step);
  if (!found) return what.empty() ? still(std::move(model)) : telling(std::move(model), "not found: " + what, false);
  if (!page) {
    model.text.scroll = *found;
    return still(std::move(model));
  }
  switch (run.tab) {
    case RunTab::Config: run.setting = *found; break;
    case RunTab::Log: run.log_back = texts.size() - 1 - *found; break;
    case RunTab::Layers: run.layer = *found; break;
    case RunTab::Live:
    case RunTab::Models:
      run.iteration = *found;
      run.follow = false;
      break;
  }
  return still(std::move(model));
}

}  // namespace quantrail::tui
