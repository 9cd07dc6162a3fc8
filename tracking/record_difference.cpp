#include "tracking/record_difference.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <map>
#include <string_view>
#include <vector>

#include "base/text.h"

namespace quantrail::tracking {
namespace {

using Found = std::optional<std::string>;

bool same(double stored, double now) { return stored == now || (std::isnan(stored) && std::isnan(now)); }

std::string shown(const std::string& value) { return fmt::format("\"{}\"", printable(value)); }
std::string shown(const Digest& value) { return value.hex(); }
std::string shown(bool value) { return value ? "true" : "false"; }
template <class Number>
requires std::integral<Number> || std::floating_point<Number> std::string shown(Number value) {
  return fmt::format("{}", value);
}

/// Collects the first difference; later calls find nothing new.
class Comparison {
 public:
  template <class Value>
  Comparison& field(std::string_view name, const Value& stored, const Value& now) {
    if (!found_ && stored != now) report(name, shown(stored), shown(now));
    return *this;
  }
  Comparison& field(std::string_view name, double stored, double now) {
    if (!found_ && !same(stored, now)) report(name, shown(stored), shown(now));
    return *this;
  }
  Comparison& field(std::string_view name, const std::map<std::string, double>& stored,
                    const std::map<std::string, double>& now) {
    if (found_) return *this;
    for (const auto& [key, value] : stored) {
      const auto other = now.find(key);
      const auto full_name = fmt::format("{} of {}", name, printable(key));
      if (other == now.end()) return report(full_name, shown(value), "missing");
      if (!same(value, other->second)) return report(full_name, shown(value), shown(other->second));
    }
    for (const auto& [key, value] : now) {
      if (!stored.contains(key)) return report(fmt::format("{} of {}", name, printable(key)), "missing", shown(value));
    }
    return *this;
  }
  Comparison& field(std::string_view name, const std::vector<std::string>& stored,
                    const std::vector<std::string>& now) {
    if (found_) return *this;
    const auto [at, other] = std::mismatch(stored.begin(), stored.end(), now.begin(), now.end());
    if (at == stored.end() && other == now.end()) return *this;
    return report(fmt::format("{}, entry {}", name, at - stored.begin() + 1),
                  at == stored.end() ? "missing" : shown(*at), other == now.end() ? "missing" : shown(*other));
  }
  [[nodiscard]] Found found() const { return found_; }

 private:
  Comparison& report(std::string_view name, const std::string& stored, const std::string& now) {
    found_ = fmt::format("{}: {} is recorded, {} now", name, stored, now);
    return *this;
  }
  Found found_;
};

}  // namespace

Found difference(const IterationRecord& stored, const IterationRecord& now) {
  // Names every field: one that is added must be compared, too.
  const auto& [index, kind, changed, reverted, groups, metrics, drops, drop, accepted, macs_share, size, snapshot,
               quantization, float_in_ort, seconds] = now;
  static_cast<void>(seconds);
  return Comparison()
      .field("number", stored.index, index)
      .field("kind", std::string(name_of(stored.kind)), std::string(name_of(kind)))
      .field("changed layers", stored.changed_layers, changed)
      .field("reverted layers", stored.reverted_layers, reverted)
      .field("reverted groups", stored.reverted_groups, groups)
      .field("quantization", stored.quantization, quantization)
      .field("metric", stored.metrics, metrics)
      .field("drop", stored.drops, drops)
      .field("drop", stored.drop, drop)
      .field("accepted", stored.accepted, accepted)
      .field("int8 share", stored.int8_macs_share, macs_share)
      .field("size in bytes", stored.size_bytes, size)
      .field("snapshot hash", stored.snapshot_hash, snapshot)
      .field("float in ONNX Runtime", stored.float_in_onnxruntime, float_in_ort)
      .found();
}

Found difference(const RankingRecord& stored, const RankingRecord& now) {
  const auto& [index, after, metric, subset_size, scores] = now;
  Comparison comparison;
  comparison.field("number", stored.index, index)
      .field("after iteration", stored.after_iteration, after)
      .field("metric", stored.metric, metric)
      .field("subset size", stored.subset_size, subset_size)
      .field("number of scores", stored.scores.size(), scores.size());
  for (std::size_t i = 0; i < std::min(scores.size(), stored.scores.size()); ++i) {
    const auto& [group, layers, score, distance, float_macs, samples, behind] = scores[i];
    const auto& old = stored.scores[i];
    comparison.field(fmt::format("place {}", i + 1), old.group, group)
        .field(fmt::format("layers of {}", printable(group)), old.layers, layers)
        .field(fmt::format("score of {}", printable(group)), old.score, score)
        .field(fmt::format("distance of {}", printable(group)), old.distance, distance)
        .field(fmt::format("multiply-adds of {}", printable(group)), old.float_macs, float_macs)
        .field(fmt::format("samples of {}", printable(group)), old.samples, samples)
        .field(fmt::format("how far {} is behind", printable(group)), old.behind.value_or(0.0), behind.value_or(0.0));
  }
  return comparison.found();
}

Found difference(const Baseline& stored, const Baseline& now) {
  const auto& [metrics, limits, optimised] = now;
  return Comparison()
      .field("float model's metric", stored.metrics, metrics)
      .field("limit", stored.limits, limits)
      .field("optimised metric", stored.optimised, optimised)
      .found();
}

Found difference(const RunResult& stored, const RunResult& now) {
  const auto& [outcome, best, explanation, evaluations, reused, speed_up] = now;
  static_cast<void>(speed_up);
  static_cast<void>(evaluations);
  static_cast<void>(reused);
  return Comparison()
      .field("outcome", std::string(name_of(stored.outcome)), std::string(name_of(outcome)))
      .field("best iteration", stored.best, best)
      .field("explanation", stored.explanation, explanation)
      .found();
}

}  // namespace quantrail::tracking
