#include "app/ranking_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "app/table.h"
#include "base/decimals.h"
#include "base/text.h"

namespace quantrail::app {
namespace {

constexpr double kBarWidth = 30.0;

/// Of each layer, between 0 and 1; NaN counts as the least.
std::vector<double> shares(const std::vector<LayerScore>& scores, double (*worth)(const LayerScore&)) {
  double low = std::numeric_limits<double>::infinity();
  double high = -low;
  for (const auto& score : scores) {
    if (!std::isfinite(worth(score))) continue;
    low = std::min(low, worth(score));
    high = std::max(high, worth(score));
  }
  std::vector<double> out;
  for (const auto& score : scores) {
    const double value = worth(score);
    out.push_back(std::isfinite(value) && high > low ? (value - low) / (high - low) : 0.0);
  }
  return out;
}

std::vector<double> bars(const std::vector<LayerScore>& scores) {
  auto out = shares(scores, [](const LayerScore& score) { return score.score; });
  const bool alike = std::all_of(out.begin(), out.end(), [](double share) { return share == 0.0; });
  return alike ? shares(scores, [](const LayerScore& score) { return -score.distance; }) : out;
}

/// Whether a race dropped some of the layers.
bool raced(const RankingRecord& ranking) {
  return std::any_of(ranking.scores.begin(), ranking.scores.end(),
                     [&](const LayerScore& score) { return score.samples < ranking.subset_size; });
}

}  // namespace

std::string ranking_text(const RankingRecord& ranking) {
  std::vector<std::vector<std::string>> rows;
  const auto lengths = bars(ranking.scores);
  for (std::size_t at = 0; at < ranking.scores.size(); ++at) {
    const auto& score = ranking.scores[at];
    const std::string samples = score.samples < ranking.subset_size ? fmt::format("after {}", score.samples) : "";
    rows.push_back({std::to_string(at + 1), joined(score.layers, ", "), decimals(score.score),
                    fmt::format("{:.3g}", score.distance), std::to_string(score.float_macs), samples,
                    std::string(static_cast<std::size_t>(std::lround(lengths[at] * kBarWidth)), '#')});
  }
  const auto right = Align::Right;
  const auto left = Align::Left;
  return fmt::format("ranking {} of {} on {} samples, after iteration {}: each layer back in float\n\n", ranking.index,
                     printable(ranking.metric), ranking.subset_size, ranking.after_iteration) +
         table({"", "layer", "score", "distance", "float MACs", raced(ranking) ? "dropped" : "", ""}, rows,
               {right, left, right, right, right, left, left});
}

std::string ranking_csv(const RankingRecord& ranking) {
  std::vector<std::vector<std::string>> rows;
  for (std::size_t at = 0; at < ranking.scores.size(); ++at) {
    const auto& score = ranking.scores[at];
    rows.push_back({std::to_string(at + 1), joined(score.layers, ", "), fmt::format("{}", score.score),
                    fmt::format("{}", score.distance), std::to_string(score.float_macs),
                    std::to_string(score.samples)});
  }
  return csv({"rank", "layers", "score", "distance", "float_macs", "samples"}, rows);
}

std::string ignored_section(const RankingRecord& ranking, std::size_t groups) {
  auto scope = nlohmann::json::array();
  for (std::size_t at = 0; at < std::min(groups, ranking.scores.size()); ++at) {
    for (const auto& layer : ranking.scores[at].layers) scope.push_back(layer);
  }
  const nlohmann::json section{{"ignored", {{"scope", std::move(scope)}}}};
  return section.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

}  // namespace quantrail::app
