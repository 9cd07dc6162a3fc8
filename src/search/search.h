#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "config/config.h"
#include "evaluate/evaluation.h"
#include "search/baseline.h"
#include "search/layer_score.h"
#include "search/outcome.h"
#include "search/recipe.h"

/// The search as a pure state machine: `next` says what must be known, `after` what follows from the answer. No clock,
/// no file, no chance: the same answers give the same requests, so that a run is resumed by replaying it from memory.
namespace quantrail {

/// What a search is about; nothing in it changes on the way.
struct SearchSettings {
  bool accuracy_aware = false;  ///< false: quantize and measure, with no target
  /// Direction of every metric that evaluations report, by name; empty: nothing is evaluated (accuracy_aware must be
  /// false then).
  std::map<std::string, bool> higher_is_better{};
  std::string metric{};  ///< the one that has a limit and ranks groups
  std::optional<double>
      baseline_value{};        ///< of `metric`, when the user knows it: saves evaluating the float model first
  double maximal_drop = 0.01;  ///< >= 0
  DropType drop_type = DropType::Absolute;
  std::optional<std::int64_t> max_iter_num{};  ///< full validations after the quantized model's; none: no bound
  std::size_t ranking_subset_size = 300;
  bool use_prev_if_drop_increase = true;
  SearchOrder order = SearchOrder::OneByOne;
  bool prune = false;                         ///< put reverted groups back to int8 once the target is met
  std::optional<RecipeChoices> recipes{};     ///< preset auto: what may be varied (something is evaluated then)
  std::vector<std::size_t> recipe_samples{};  ///< on which recipes are compared
};

/// A group that could go back to float.
struct Candidate {
  std::string group{};
  std::vector<std::string> layers{};
  std::int64_t float_macs = 0;  ///< multiply-adds per sample
};

// ---- requests and their answers ------------------------------------------------------------------------------------

/// The float model on all samples. Answer: Evaluation.
struct EvaluateFloat {
  bool operator==(const EvaluateFloat&) const = default;
};
/// Quantize the model; `recipe`: the one chosen, nothing where the configuration decides. Answer: Quantized.
struct Quantize {
  std::optional<Recipe> recipe{};
  bool operator==(const Quantize&) const = default;
};
/// The quantized model with `reverted` groups in float, on all samples. Answer: Evaluation.
struct Evaluate {
  std::vector<std::string> reverted{};  ///< in the order in which they were reverted
  bool operator==(const Evaluate&) const = default;
};
/// Each of `candidates` reverted on top of `reverted`, on `samples` alone. Answer: Ranked.
struct Rank {
  std::vector<std::string> reverted{};
  std::vector<std::string> candidates{};
  std::vector<std::size_t> samples{};  ///< positions in the data set, ascending
  bool operator==(const Rank&) const = default;
};
/// The model quantized by `recipe`, on `samples` alone, with its distance to float. Answer: Evaluation.
struct TryRecipe {
  Recipe recipe{};
  std::vector<std::size_t> samples{};
  bool operator==(const TryRecipe&) const = default;
};
/// Nothing more to ask.
struct Done {
  Outcome outcome = Outcome::NotMet;
  std::size_t best = 0;  ///< position in SearchState::trials
  std::string explanation{};
  bool operator==(const Done&) const = default;
};
using Request = std::variant<EvaluateFloat, Quantize, Evaluate, Rank, TryRecipe, Done>;

struct Quantized {
  std::vector<Candidate> groups{};
};
struct CandidateValue {
  double metric = 0.0;
  double distance = 0.0;  ///< of outputs to the float model's
};
struct Ranked {
  std::vector<CandidateValue> values{};  ///< one per candidate, in the request's order
};
using Answer = std::variant<Evaluation, Quantized, Ranked>;

// ---- the state -----------------------------------------------------------------------------------------------------

/// A model that was tried. The first one is the fully quantized model.
struct Trial {
  IterationKind kind = IterationKind::Quantized;
  std::vector<std::string> changed{};   ///< groups that this step reverted, or put back (Prune)
  std::vector<std::string> reverted{};  ///< all groups that are float in this model, in the order they were reverted
  std::map<std::string, double> metrics{};
  std::map<std::string, double> drops{};  ///< of the metrics whose baseline is known
  double drop = 0.0;                      ///< of the optimised metric; infinite when the metric is NaN
  bool accepted = true;                   ///< the search went on from this model; probes: it meets the target
  double seconds = 0.0;
};

struct Ranking {
  std::size_t after_trial = 0;
  std::vector<std::size_t> samples{};
  std::vector<LayerScore> scores{};  ///< best first
};

/// All that a search knows.
struct SearchState {
  SearchSettings settings{};
  std::optional<Baseline> baseline{};
  std::vector<double> float_values{};  ///< per sample, of the optimised metric; empty until measured
  std::vector<TriedRecipe> recipes{};
  std::optional<std::vector<Candidate>> groups{};
  std::vector<Trial> trials{};
  std::vector<Ranking> rankings{};

  std::size_t base = 0;               ///< the trial from which the next step starts
  std::vector<double> base_values{};  ///< its metric per sample
  std::vector<std::string> queue{};   ///< groups of the last ranking that were not tried yet, best first
  std::set<std::string> banned{};     ///< rolled back since the base last changed
  bool tolerant = false;              ///< the next step is the first since a ranking: it may increase the drop
};

/// Precondition: `settings` are consistent (see SearchSettings).
[[nodiscard]] SearchState started(SearchSettings settings);

/// What must be known next. In this order: a met target wins over a spent budget, and that over an empty list.
[[nodiscard]] Request next(const SearchState& state);

/// The state once `answer` to next(state) is known. Precondition: the answer is of the request's kind, with per-sample
/// values of the optimised metric for all samples, and a finite metric for the float model.
///
/// A step is judged by the smallest drop accepted so far. It is accepted when its drop is not larger; when it is, the
/// first step after a ranking is accepted all the same (two layers may help only together), and any other one asks for
/// a new ranking, before which it is rolled back (use_prev_if_drop_increase) to the model it started from. A group that
/// was rolled back is not tried again until another step was accepted. So every second step at least moves on, and
/// without a bound on steps the search ends with the target met or with every group float.
///
/// Bisect: after one ranking, the shortest beginning of it that meets the target, as far as longer ones do as well; at
/// most ceil(log2(groups + 1)) models. Pruning: each group of the model found is put back once, least useful first;
/// what still meets the target goes on from there. The result is the met model with the fewest groups in float.
[[nodiscard]] SearchState after(SearchState state, const Answer& answer);

}  // namespace quantrail
