#include <algorithm>
#include <tuple>

#include "tui/model.h"

namespace quantrail::tui {

bool is_live(const RunRow& run) {
  return run.state == "running" || run.state == "queued" || run.state == "paused" || run.state == "stopping";
}

std::optional<std::size_t> found_at(std::string_view text, std::string_view what) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  const auto* found = std::search(text.begin(), text.end(), what.begin(), what.end(),
                                  [&](char a, char b) { return lower(a) == lower(b); });
  if (found == text.end()) return std::nullopt;
  return static_cast<std::size_t>(found - text.begin());
}

bool found_in(std::string_view text, std::string_view what) { return found_at(text, what).has_value(); }

std::vector<Context> contexts_of(const Model& model) {
  std::vector<Context> contexts;
  switch (model.screen()) {
    case Screen::Runs: contexts = {Context::Runs}; break;
    case Screen::Run:
      switch (model.run.tab) {
        case RunTab::Live: contexts = {Context::Live, Context::Run}; break;
        case RunTab::Layers: contexts = {Context::Layers, Context::Run}; break;
        case RunTab::Log: contexts = {Context::Log, Context::Run}; break;
        case RunTab::Config: contexts = {Context::Config, Context::Run}; break;
        case RunTab::Models: contexts = {Context::Snapshots, Context::Run}; break;
      }
      break;
    case Screen::Compare:
      switch (model.compare.tab) {
        case CompareTab::Settings: contexts = {Context::Settings, Context::Compare}; break;
        case CompareTab::Curves: contexts = {Context::Curves, Context::Compare}; break;
        case CompareTab::Pareto: contexts = {Context::Pareto, Context::Compare}; break;
        case CompareTab::Layers: contexts = {Context::FloatLayers, Context::Compare}; break;
      }
      break;
    case Screen::Form:
      if (model.form && model.form->source.kind == FormKind::Export) return {Context::Form};
      return {Context::Form, Context::NewRunForm};
    case Screen::Health: contexts = {Context::Health}; break;
    case Screen::Text: contexts = {Context::Text}; break;
  }
  contexts.push_back(Context::Lists);
  contexts.push_back(Context::Everywhere);
  return contexts;
}

const RunRow* current_run(const Model& model) {
  if (model.screen() == Screen::Run) return model.run.detail ? &model.run.detail->run : nullptr;
  if (model.screen() != Screen::Runs) return nullptr;
  return model.runs.at < model.runs.runs.size() ? &model.runs.runs[model.runs.at] : nullptr;
}

std::string_view removal_of(const RunPage& page) {
  if (page.deleted) return "deleted";
  return page.detail && page.detail->run.trashed ? "in the trash" : "";
}

const IterationRow* current_iteration(const Model& model) {
  if (!model.run.detail || model.run.iteration >= model.run.detail->iterations.size()) return nullptr;
  return &model.run.detail->iterations[model.run.iteration];
}

const Ranking* current_ranking(const RunPage& page) {
  if (!page.detail || page.detail->rankings.empty()) return nullptr;
  const auto& rankings = page.detail->rankings;
  return &rankings[rankings.size() - 1 - std::min(page.ranking_back, rankings.size() - 1)];
}

std::map<std::string, std::int64_t> float_since(const RunDetail& detail) {
  std::map<std::string, std::int64_t> since;
  for (const auto& it : detail.iterations) {
    if (!it.accepted) continue;
    for (const auto& layer : it.reverted_layers) since.emplace(layer, it.index);
  }
  return since;
}

std::optional<std::int64_t> reverted_at(const std::map<std::string, std::int64_t>& since, const ScoreRow& row) {
  std::optional<std::int64_t> last;
  for (const auto& layer : row.members) {
    const auto found = since.find(layer);
    if (found == since.end()) return std::nullopt;
    last = std::max(last.value_or(found->second), found->second);
  }
  return last;
}

std::vector<const ScoreRow*> ordered_layers(const RunPage& page) {
  std::vector<const ScoreRow*> layers;
  const auto* ranking = current_ranking(page);
  if (ranking == nullptr) return layers;
  for (const auto& score : ranking->scores) layers.push_back(&score);
  const auto by = [&layers](const auto& key) {
    std::stable_sort(layers.begin(), layers.end(), [&](const auto* a, const auto* b) { return key(*a) < key(*b); });
  };
  switch (page.order) {
    case LayerOrder::Rank: break;
    case LayerOrder::Macs: by([](const ScoreRow& row) { return -row.macs; }); break;
    case LayerOrder::Reverted: {
      const auto since = float_since(*page.detail);
      by([&since](const ScoreRow& row) {
        const auto at = reverted_at(since, row);
        return std::tuple(!at.has_value(), at.value_or(0));
      });
      break;
    }
    case LayerOrder::Name: by([](const ScoreRow& row) { return row.layer; }); break;
  }
  return layers;
}

std::vector<LogRow> log_rows(const RunPage& page) {
  std::vector<LogRow> rows;
  if (!page.detail) return rows;
  if (page.output) {
    for (const auto& line : page.detail->output) rows.push_back({"", "info", line});
    return rows;
  }
  for (const auto& row : page.detail->log) {
    const bool shown =
        page.level == Level::All || row.level == "error" || (page.level == Level::Warnings && row.level == "warning");
    if (shown) rows.push_back(row);
  }
  return rows;
}

std::vector<const SettingRow*> shown_settings(const RunPage& page) {
  std::vector<const SettingRow*> rows;
  if (!page.detail) return rows;
  for (const auto& row : page.detail->settings) {
    if (!page.only_set || !row.origin.empty()) rows.push_back(&row);
  }
  return rows;
}

double on_axis(ParetoAxis axis, const PointRow& point) {
  switch (axis) {
    case ParetoAxis::Size: return static_cast<double>(point.bytes) / 1048576.0;
    case ParetoAxis::Int8Share: return point.int8_share * 100.0;
    case ParetoAxis::FloatLayers: return static_cast<double>(point.float_layers);
  }
  return 0.0;
}

std::vector<const PointRow*> pareto_points(const ComparePage& page) {
  std::vector<const PointRow*> points;
  if (!page.comparison) return points;
  for (const auto& point : page.comparison->points) {
    if (point.front || !page.front_only) points.push_back(&point);
  }
  std::stable_sort(points.begin(), points.end(), [&](const auto* a, const auto* b) {
    return std::tuple(on_axis(page.axis, *a), a->drop) < std::tuple(on_axis(page.axis, *b), b->drop);
  });
  return points;
}

std::vector<const ComparedRow*> shown_rows(const std::vector<ComparedRow>& rows, bool all) {
  std::vector<const ComparedRow*> shown;
  for (const auto& row : rows) {
    if (row.differs || all) shown.push_back(&row);
  }
  return shown;
}

}  // namespace quantrail::tui
