#include <fmt/format.h>

#include <algorithm>

#include "tui/update_parts.h"

namespace quantrail::tui {
namespace {

Next page_shown(Model model, RunTab tab) {
  model.run.tab = tab;
  return still(std::move(model));
}

Next layer_ignored(Model model) {
  const auto layers = ordered_layers(model.run);
  if (model.run.layer >= layers.size()) return still(std::move(model));
  const auto members = layers[model.run.layer]->members;
  auto& all = model.ignored[model.run.id];
  const bool ignored = !members.empty() && all.contains(members.front());
  for (const auto& layer : members) {
    if (ignored)
      all.erase(layer);
    else
      all.insert(layer);
  }
  const std::size_t count = all.size();
  return telling(std::move(model),
                 count == 0 ? std::string("no layer is ignored in the next new run")
                            : fmt::format("{} ignored in the next new run: n opens it", count),
                 true);
}

Next rule_asked(Model model) {
  Menu menu{Menu::For::Pick, "Select the iteration that is", {}};
  if (model.run.detail) {
    for (const auto& [rule, iteration] : model.run.detail->picks)
      menu.entries.push_back({rule, fmt::format("{}: iteration {}", rule, iteration)});
  }
  menu.entries.push_back({"max-drop", "export the one with the most in int8 that drops no more than ..."});
  model.menu = std::move(menu);
  return still(std::move(model));
}

Next followed(Model model) {
  RunPage& page = model.run;
  if (page.tab == RunTab::Log) {
    page.log_back = 0;
    return still(std::move(model));
  }
  page.follow = !page.follow;
  if (page.follow && page.detail && !page.detail->iterations.empty())
    page.iteration = page.detail->iterations.size() - 1;
  return still(std::move(model));
}

Next point_copied(Model model, std::int64_t run, std::int64_t iteration) {
  const std::string text = fmt::format("{}@{}", run, iteration);
  return {telling(std::move(model), "copied: " + text, true).model, {CopyText{text}}};
}

const PointRow* current_point(const ComparePage& page) {
  const auto points = pareto_points(page);
  return page.point < points.size() ? points[page.point] : nullptr;
}

Next comparing(Model model, std::vector<std::int64_t> runs) {
  model.compare.runs = std::move(runs);
  model.compare.scroll = 0;
  auto commands = reading(model, true);
  return {std::move(model), std::move(commands)};
}

Next point_opened(Model model) {
  if (!model.compare.comparison) return still(std::move(model));
  const auto* point = model.compare.tab == CompareTab::Pareto ? current_point(model.compare) : nullptr;
  if (point == nullptr) {
    const std::int64_t first = model.compare.runs.front();
    return opening_run(std::move(model), first, std::nullopt);
  }
  const std::int64_t run = model.compare.comparison->runs[point->run].id;
  const std::int64_t iteration = point->iteration;
  return opening_run(std::move(model), run, iteration);
}

Next point_exported(Model model) {
  const auto* point = current_point(model.compare);
  if (!model.compare.comparison || point == nullptr) return still(std::move(model));
  const std::int64_t run = model.compare.comparison->runs[point->run].id;
  FormSource source{FormKind::Export, fmt::format("{}@{}", run, point->iteration)};
  return {std::move(model), {LoadForm{std::move(source), {}}}};
}

Next tab_compared(Model model, CompareTab tab) {
  model.compare.tab = tab;
  model.compare.scroll = 0;
  return still(std::move(model));
}

Next leaving_out_asked(Model model) {
  const ComparePage& page = model.compare;
  if (page.runs.size() <= 2) return telling(std::move(model), "two runs are the least to compare", false);
  Menu menu{Menu::For::LeaveOut, "Leave out", {}};
  for (std::size_t at = 0; at < page.runs.size(); ++at) {
    const bool known = page.comparison && at < page.comparison->runs.size();
    menu.entries.push_back(
        {std::to_string(page.runs[at]),
         fmt::format("run {} {}", page.runs[at], known ? page.comparison->runs[at].name : std::string())});
  }
  menu.at = menu.entries.size() - 1;
  model.menu = std::move(menu);
  return still(std::move(model));
}

/// Goes to the metric behind the one that is shown.
Next in_another_metric(Model model) {
  const bool compares = model.screen() == Screen::Compare;
  std::string& shown = compares ? model.compare.metric : model.run.metric;
  std::vector<std::string> metrics;
  if (compares && model.compare.comparison) metrics = model.compare.comparison->metrics;
  if (!compares && model.run.detail) metrics = model.run.detail->metrics;
  if (metrics.size() < 2) return telling(std::move(model), "there is no other metric", false);
  auto at = std::find(metrics.begin(), metrics.end(), shown.empty() ? metrics.front() : shown);
  if (at == metrics.end() || ++at == metrics.end()) at = metrics.begin();
  shown = at == metrics.begin() ? "" : *at;
  model.told = Told{fmt::format("metric: {}", *at), true};
  auto commands = reading(model, true);
  return {std::move(model), std::move(commands)};
}

}  // namespace

Next run_left_out(Model model, std::int64_t run) {
  auto runs = model.compare.runs;
  std::erase(runs, run);
  Next next = comparing(std::move(model), std::move(runs));
  next.model.told = Told{fmt::format("run {} is left out", run), true};
  return next;
}

Next acted_on_page(Model model, Action action) {
  RunPage& page = model.run;
  switch (action) {
    case Action::NextTab: return page_shown(std::move(model), following(page.tab, RunTab::Models));
    case Action::PreviousTab: return page_shown(std::move(model), preceding(page.tab, RunTab::Models));
    case Action::Tab1: return page_shown(std::move(model), RunTab::Live);
    case Action::Tab2: return page_shown(std::move(model), RunTab::Layers);
    case Action::Tab3: return page_shown(std::move(model), RunTab::Log);
    case Action::Tab4: return page_shown(std::move(model), RunTab::Config);
    case Action::Tab5: return page_shown(std::move(model), RunTab::Models);
    case Action::Follow: return followed(std::move(model));
    case Action::Zoom: page.zoom = following(page.zoom, Zoom::Table); break;
    case Action::Axis: page.measure = following(page.measure, Measure::Size); break;
    case Action::Metric: return in_another_metric(std::move(model));
    case Action::Order: keeping_layer(page, [&page] { page.order = following(page.order, LayerOrder::Name); }); break;
    case Action::Ignore: return layer_ignored(std::move(model));
    case Action::Previous:
      if (page.detail && page.ranking_back + 1 < page.detail->rankings.size())
        keeping_layer(page, [&page] { ++page.ranking_back; });
      break;
    case Action::Next: keeping_layer(page, [&page] { page.ranking_back -= page.ranking_back > 0 ? 1 : 0; }); break;
    case Action::Level:
      page.level = following(page.level, Level::Errors);
      page.log_back = 0;
      break;
    case Action::Output:
      page.output = !page.output;
      page.log_back = 0;
      break;
    case Action::OnlySet: keeping_setting(page, [&page] { page.only_set = !page.only_set; }); break;
    case Action::NextMatch: return searched(std::move(model), 1);
    case Action::PreviousMatch: return searched(std::move(model), -1);
    case Action::Pick: return rule_asked(std::move(model));
    case Action::Copy:
      if (const auto* iteration = current_iteration(model)) {
        const std::int64_t index = iteration->index;
        const std::int64_t run = page.id;
        return point_copied(std::move(model), run, index);
      }
      break;
    default: return acted_on_run(std::move(model), action);
  }
  return still(std::move(model));
}

Next acted_on_compare(Model model, Action action) {
  ComparePage& page = model.compare;
  switch (action) {
    case Action::NextTab: return tab_compared(std::move(model), following(page.tab, CompareTab::Layers));
    case Action::PreviousTab: return tab_compared(std::move(model), preceding(page.tab, CompareTab::Layers));
    case Action::Tab1: return tab_compared(std::move(model), CompareTab::Settings);
    case Action::Tab2: return tab_compared(std::move(model), CompareTab::Curves);
    case Action::Tab3: return tab_compared(std::move(model), CompareTab::Pareto);
    case Action::Tab4: return tab_compared(std::move(model), CompareTab::Layers);
    case Action::OnlyDifferences:
      page.all = !page.all;
      page.scroll = 0;
      break;
    case Action::FrontOnly: keeping_point(page, [&page] { page.front_only = !page.front_only; }); break;
    case Action::Axis:
      if (page.tab == CompareTab::Pareto) {
        keeping_point(page, [&page] { page.axis = following(page.axis, ParetoAxis::FloatLayers); });
      } else {
        page.measure = following(page.measure, Measure::Size);
      }
      break;
    case Action::Metric: return in_another_metric(std::move(model));
    case Action::Left: return moved(std::move(model), Action::Up);
    case Action::Right: return moved(std::move(model), Action::Down);
    case Action::Open: return point_opened(std::move(model));
    case Action::Export: return point_exported(std::move(model));
    case Action::AddRun:
      return asking(std::move(model), {Prompt::For::AddRun, "compare with run (number or name)", {}});
    case Action::DropRun: return leaving_out_asked(std::move(model));
    case Action::Copy:
      if (const auto* point = current_point(page)) {
        const std::int64_t iteration = point->iteration;
        const std::int64_t run = page.comparison->runs[point->run].id;
        return point_copied(std::move(model), run, iteration);
      }
      break;
    default: break;
  }
  return still(std::move(model));
}

}  // namespace quantrail::tui
