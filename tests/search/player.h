#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "search/search.h"

namespace quantrail::testing_search {

constexpr std::size_t kSamples = 10;
constexpr double kFloat = 0.90;

/// Answers a search from a script: drops of full evaluations in the order they are asked for (the quantized model
/// first), and ranking values by group. Groups are A, B, C, ...; each value a sample has is the aggregate.
struct Player {
  std::vector<double> drops{};
  std::string groups = "ABCD";
  /// Metric of a candidate on the ranking subset; by default A regains most, then B, ...
  std::function<double(const std::vector<std::string>& reverted, const std::string& candidate)> rank_value =
      [](const auto&, const std::string& candidate) { return 1.0 - 0.01 * (candidate[0] - 'A'); };
  /// Drops of metrics other than the first controlled, by metric and evaluation; the last one stands for all that
  /// follow. Metrics that are not here drop as the first.
  std::map<std::string, std::vector<double>> other_drops{};
  /// Drop of a full evaluation by what is reverted, instead of `drops`.
  std::function<double(const std::vector<std::string>& reverted)> drop_with{};
  /// By how much more a model drops on the samples that groups were ranked on.
  std::function<double(const std::vector<std::string>& reverted)> misleading = [](const auto&) { return 0.0; };
  SearchState state{};
  std::vector<Request> requests{};
  std::size_t used = 0;

  [[nodiscard]] Evaluation evaluation(double value) const {
    Evaluation out{.samples = kSamples};
    for (const auto& [name, higher] : state.settings.higher_is_better) {
      out.metrics.emplace(name, value);
      out.per_sample.emplace(name, std::vector<double>(kSamples, value));
    }
    return out;
  }

  [[nodiscard]] Answer answer(const Request& request) {
    if (std::holds_alternative<EvaluateFloat>(request)) return evaluation(kFloat);
    if (std::holds_alternative<Quantize>(request)) {
      Quantized quantized;
      for (const char name : groups)
        quantized.groups.push_back({std::string(1, name), {std::string(1, name) + "/layer"}, 100});
      return quantized;
    }
    if (const auto* rank = std::get_if<Rank>(&request)) {
      Ranked values;
      for (const auto& candidate : rank->candidates) {
        const double value = rank_value(rank->reverted, candidate);
        values.values.push_back({value, 0.5, std::vector<double>(rank->samples.size(), value),
                                 std::vector<double>(rank->samples.size(), 0.5)});
      }
      return values;
    }
    if (const auto* wanted = std::get_if<Estimate>(&request)) {
      Evaluation estimate = evaluation(kFloat - drop_with(wanted->reverted) - misleading(wanted->reverted));
      for (auto& [name, values] : estimate.per_sample) values.resize(wanted->samples.size());
      return estimate;
    }
    const auto* evaluate = std::get_if<Evaluate>(&request);
    if (drop_with && evaluate != nullptr) {
      Evaluation answer = evaluation(kFloat - drop_with(evaluate->reverted));
      if (state.rankings.empty()) return answer;
      for (auto& [name, values] : answer.per_sample)
        for (const auto sample : state.rankings[0].samples) values.at(sample) -= misleading(evaluate->reverted);
      return answer;
    }
    Evaluation answer = evaluation(kFloat - drops.at(used));
    for (const auto& [metric, all] : other_drops) {
      const double value = kFloat - all[std::min(used, all.size() - 1)];
      answer.metrics[metric] = value;
      answer.per_sample[metric].assign(kSamples, value);
    }
    ++used;
    return answer;
  }

  /// Plays to the end.
  Done play(SearchSettings settings) {
    state = started(std::move(settings));
    for (;;) {
      Request request = next(state);
      requests.push_back(request);
      if (auto* done = std::get_if<Done>(&request)) return *done;
      state = after(std::move(state), answer(request));
    }
  }

  /// What happened, compactly: "F" float, "Q" quantize, "R" rank, "=" the quantized model, "+A" A reverted and
  /// accepted, "t" a variation tried on a subset, "M" and "T" the mixed and the tuned model, "(M)" one that was not
  /// adopted, "-B" B reverted and rolled back, "?ABC" a probe of them all, "!ABC" one that was enough, "e3" an estimate
  /// of the first three, "<B" B put back to int8, ">B" tried and kept in float.
  [[nodiscard]] std::string story() const {
    std::string out;
    std::size_t trial = 0;
    for (const auto& request : requests) {
      if (std::holds_alternative<EvaluateFloat>(request)) out += "F ";
      if (std::holds_alternative<Quantize>(request)) out += "Q ";
      if (std::holds_alternative<Rank>(request)) out += "R ";
      if (std::holds_alternative<Try>(request)) out += "t ";
      if (const auto* wanted = std::get_if<Estimate>(&request))
        out += "e" + std::to_string(wanted->reverted.size()) + " ";
      if (const auto* evaluate = std::get_if<Evaluate>(&request)) {
        const Trial& made = state.trials.at(trial++);
        switch (made.kind) {
          case IterationKind::Probe:
            out += made.accepted ? "!" : "?";
            for (const auto& group : evaluate->reverted) out += group;
            out += " ";
            break;
          case IterationKind::Prune: out += (made.accepted ? "<" : ">") + made.changed.at(0) + " "; break;
          case IterationKind::Mixed: out += made.accepted ? "M " : "(M) "; break;
          case IterationKind::Tuned: out += made.accepted ? "T " : "(T) "; break;
          case IterationKind::Revert: out += (made.accepted ? "+" : "-") + evaluate->reverted.back() + " "; break;
          default: out += "= "; break;
        }
      }
    }
    if (!out.empty()) out.pop_back();
    return out;
  }
};

inline SearchSettings accuracy_aware() {
  return {.accuracy_aware = true, .higher_is_better = {{"top1", true}}, .controlled = {{.name = "top1"}}};
}

}  // namespace quantrail::testing_search
