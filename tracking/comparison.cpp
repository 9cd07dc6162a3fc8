#include "tracking/comparison.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>

#include "base/text.h"
#include "search/requirements.h"
#include "tracking/run_fields.h"

namespace quantrail::tracking {
namespace {

using Settings = std::map<std::string, std::string>;

/// All that makes a run what it is, as flat settings.
Settings settings_of(const RunDetails& run) {
  Settings settings = flattened_settings(run.config_json);
  for (auto& [key, value] : flattened_settings(run.environment_json)) settings["environment." + key] = value;
  settings["model.hash"] = run.model_hash.hex().substr(0, 12);
  for (const auto& data : run.data) {
    settings[fmt::format("data.{}", data.role)] =
        fmt::format("{} samples, {}", data.samples, data.fingerprint.hex().substr(0, 12));
  }
  return settings;
}

bool takes_part_in_measuring(std::string_view key) {
  constexpr std::array<std::string_view, 5> kParts{"engine.validation.", "engine.metrics", "data.validation",
                                                   "model.hash", "environment.numerics_revision"};
  return std::any_of(kParts.begin(), kParts.end(), [&](std::string_view part) { return key.starts_with(part); });
}

std::vector<ComparedValue> compared_settings(const std::vector<RunDetails>& runs) {
  std::vector<Settings> all;
  std::set<std::string> keys;
  for (const auto& run : runs) {
    all.push_back(settings_of(run));
    for (const auto& [key, value] : all.back()) keys.insert(key);
  }
  std::vector<ComparedValue> values;
  for (const auto& key : keys) {
    ComparedValue value{.key = key, .measuring = takes_part_in_measuring(key)};
    for (const auto& settings : all) {
      const auto found = settings.find(key);
      value.values.push_back(found == settings.end() ? std::nullopt : std::optional(found->second));
    }
    value.differs = std::any_of(value.values.begin(), value.values.end(),
                                [&](const auto& other) { return other != value.values.front(); });
    values.push_back(std::move(value));
  }
  return values;
}

bool others_hold(const RunDetails& run, const IterationRecord& it) {
  if (!run.baseline) return true;
  return std::all_of(run.baseline->limits.begin(), run.baseline->limits.end(), [&](const auto& limit) {
    return limit.first == run.summary.metric || holds(*run.baseline, it.drops, limit.first);
  });
}

std::vector<ComparedPoint> points_of(const std::vector<RunDetails>& runs) {
  std::vector<ComparedPoint> points;
  for (std::size_t run = 0; run < runs.size(); ++run) {
    const auto& metric = runs[run].summary.metric;
    for (const auto& it : runs[run].iterations) {
      const auto value = it.metrics.find(metric);
      if (value == it.metrics.end() || !std::isfinite(value->second) || !std::isfinite(it.drop)) continue;
      points.push_back({.run = run,
                        .iteration = it.index,
                        .metric = value->second,
                        .drop = it.drop,
                        .int8_macs_share = it.int8_macs_share,
                        .size_bytes = it.size_bytes,
                        .float_layers = static_cast<std::int64_t>(it.reverted_layers.size()),
                        .accepted = it.accepted,
                        .others_hold = others_hold(runs[run], it)});
    }
  }
  return points;
}

/// Marks the points that no other one dominates. By drop, ties by size and share: what comes before a point has a drop
/// at most as large, so a point is dominated where something before it is at most as large a file with at least as
/// much in int8. The best shares by size make a staircase, so that it takes n log n.
void mark_front(std::vector<ComparedPoint*> order) {
  std::stable_sort(order.begin(), order.end(), [](const ComparedPoint* a, const ComparedPoint* b) {
    if (a->drop != b->drop) return a->drop < b->drop;
    if (a->size_bytes != b->size_bytes) return a->size_bytes < b->size_bytes;
    return a->int8_macs_share > b->int8_macs_share;
  });
  std::map<std::uint64_t, double> best_share;  // by size: strictly growing shares
  for (ComparedPoint* point : order) {
    auto at = best_share.upper_bound(point->size_bytes);
    if (at != best_share.begin() && std::prev(at)->second >= point->int8_macs_share) continue;
    point->front = true;
    at = best_share.insert_or_assign(point->size_bytes, point->int8_macs_share).first;
    for (++at; at != best_share.end() && at->second <= point->int8_macs_share;) at = best_share.erase(at);
  }
}

/// Drops of different metrics or models are no scale for each other: each has a front of its own.
void mark_fronts(std::vector<ComparedPoint>& points, const std::vector<RunDetails>& runs) {
  std::map<std::pair<Digest, std::string_view>, std::vector<ComparedPoint*>> alike;
  for (auto& point : points) {
    const auto& run = runs[point.run];
    if (point.others_hold) alike[{run.model_hash, run.summary.metric}].push_back(&point);
  }
  for (auto& [what, of_it] : alike) mark_front(std::move(of_it));
}

const IterationRecord* best_of(const RunDetails& run) {
  for (const auto& it : run.iterations) {
    if (run.summary.best_iteration == it.index) return &it;
  }
  return nullptr;
}

bool mentions(const RunDetails& run, const std::string& layer) {
  const auto in = [&](const std::vector<std::string>& layers) {
    return std::find(layers.begin(), layers.end(), layer) != layers.end();
  };
  return std::any_of(run.iterations.begin(), run.iterations.end(),
                     [&](const auto& it) { return in(it.reverted_layers); }) ||
         std::any_of(run.rankings.begin(), run.rankings.end(), [&](const auto& ranking) {
           return std::any_of(ranking.scores.begin(), ranking.scores.end(),
                              [&](const auto& score) { return in(score.layers); });
         });
}

/// Records name layers only where they were ranked or given back; runs of one model have the same ones.
bool has_layer(const std::vector<RunDetails>& runs, std::size_t run, const std::string& layer) {
  return std::any_of(runs.begin(), runs.end(), [&](const auto& other) {
    return other.model_hash == runs[run].model_hash && mentions(other, layer);
  });
}

std::vector<ComparedLayer> compared_layers(const std::vector<RunDetails>& runs) {
  std::map<std::string, std::vector<std::optional<bool>>> by_name;
  for (std::size_t run = 0; run < runs.size(); ++run) {
    const auto* best = best_of(runs[run]);
    if (best == nullptr) continue;
    for (const auto& layer : best->reverted_layers) {
      auto& in = by_name[layer];
      in.resize(runs.size());
      in[run] = true;
    }
  }
  for (auto& [name, in] : by_name) {
    for (std::size_t run = 0; run < runs.size(); ++run) {
      if (!in[run] && has_layer(runs, run, name)) in[run] = false;
    }
  }
  std::vector<ComparedLayer> layers;
  for (auto& [name, in] : by_name) {
    const bool differs = std::any_of(in.begin(), in.end(), [&](const auto& one) { return one != in.front(); });
    layers.push_back({name, std::move(in), differs});
  }
  std::stable_sort(layers.begin(), layers.end(), [](const ComparedLayer& a, const ComparedLayer& b) {
    return std::count(a.is_float.begin(), a.is_float.end(), true) >
           std::count(b.is_float.begin(), b.is_float.end(), true);
  });
  return layers;
}

const DataRecord* validation_of(const RunDetails& run) {
  for (const auto& data : run.data) {
    if (data.role == "validation") return &data;
  }
  return nullptr;
}

/// Against the first of the runs.
std::vector<std::string> warnings_of(const std::vector<RunDetails>& runs) {
  std::vector<std::string> warnings;
  const auto& first = runs.front();
  const auto* samples = validation_of(first);
  for (std::size_t at = 1; at < runs.size(); ++at) {
    const auto& run = runs[at];
    const auto names = fmt::format("runs {} and {}", first.summary.id, run.summary.id);
    if (run.model_hash != first.model_hash) warnings.push_back(names + " quantize different models");
    if (run.summary.metric != first.summary.metric && !run.summary.metric.empty() && !first.summary.metric.empty()) {
      warnings.push_back(
          fmt::format("{} have different metrics: {} and {}", names, first.summary.metric, run.summary.metric));
    }
    const auto* others = validation_of(run);
    if (samples != nullptr && others != nullptr && samples->fingerprint != others->fingerprint) {
      warnings.push_back(
          fmt::format("{} were measured on different samples ({} and {}): their metrics may differ for "
                      "that reason alone",
                      names, samples->samples, others->samples));
    }
  }
  return warnings;
}

}  // namespace

Comparison compared(const std::vector<RunDetails>& runs) {
  Comparison comparison{.settings = compared_settings(runs),
                        .points = points_of(runs),
                        .layers = compared_layers(runs),
                        .warnings = warnings_of(runs)};
  mark_fronts(comparison.points, runs);
  return comparison;
}

}  // namespace quantrail::tracking
