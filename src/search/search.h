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
#include "search/race.h"
#include "search/recipe.h"
#include "search/variation.h"

/// The search as a pure state machine: `next` says what must be known, `after` what follows from the answer. No clock,
/// no file, no chance: the same answers give the same requests, so that a run is resumed by replaying it from memory.
namespace quantrail {

/// A metric whose drop is bounded.
struct MetricControl {
  std::string name{};
  double maximal_drop = 0.01;              ///< >= 0
  std::optional<double> baseline_value{};  ///< when the user knows it; given for all: the float model is not measured
                                           ///< first
};

/// What a search is about; nothing in it changes on the way.
struct SearchSettings {
  bool accuracy_aware = false;  ///< false: quantize and measure, with no target
  /// Direction of every metric that evaluations report, by name; empty: nothing is evaluated (accuracy_aware must be
  /// false then).
  std::map<std::string, bool> higher_is_better{};
  std::set<std::string> roots{};  ///< of them those that are the square root of the mean of their samples' values
  /// The metrics that must hold; `drop` is that of the first. Not empty where something is evaluated.
  std::vector<MetricControl> controlled{};
  DropType drop_type = DropType::Absolute;
  std::optional<std::int64_t> max_iter_num{};  ///< models with groups in float that are validated; none: no bound
  std::size_t ranking_subset_size = 300;
  std::vector<std::size_t> comparison{};  ///< where all baselines are given: the samples on which float is measured, to
                                          ///< find hard ones; ascending; empty: all
  bool use_prev_if_drop_increase = true;
  SearchOrder order = SearchOrder::OneByOne;
  bool prune = false;  ///< put reverted groups back to int8 once the target is met
  /// Where the quantized model misses the target, in other quantizations too: groups that are reverted together, as the
  /// first step, before any is ranked. Names that are none of the quantization's groups are left out.
  std::vector<std::string> start{};
  RankingSignal signal = RankingSignal::Auto;
  RankingMode mode = RankingMode::Exact;
  bool convert_to_mixed = false;              ///< try asymmetric activations before anything is reverted
  bool tune_hyperparams = false;              ///< and other ranges, see tuning.h
  bool rank_only = false;                     ///< end with the first ranking, whatever the quantized model's drop
  std::optional<RecipeChoices> recipes{};     ///< preset auto: what may be varied (something is evaluated then)
  std::vector<std::size_t> recipe_samples{};  ///< on which recipes are compared
  Compatibility compatibility = Compatibility::None;
};

/// A group that could go back to float.
struct Candidate {
  std::string group{};
  std::vector<std::string> layers{};
  std::int64_t float_macs = 0;  ///< multiply-adds per sample
};

// ---- requests and their answers ------------------------------------------------------------------------------------

/// The float model on `samples`; empty: on all. Answer: Evaluation.
struct EvaluateFloat {
  std::vector<std::size_t> samples{};
  bool operator==(const EvaluateFloat&) const = default;
};
/// Quantize the model; what follows is about this quantization. Answer: Quantized.
struct Quantize {
  Variation variation{};
  bool operator==(const Quantize&) const = default;
};
/// The quantized model with `reverted` groups in float, on all samples. Answer: Evaluation.
struct Evaluate {
  std::vector<std::string> reverted{};  ///< in the order in which they were reverted
  bool operator==(const Evaluate&) const = default;
};
/// The same on `samples` alone, to guess what it would do on all; no trial comes of it. Answer: Evaluation.
struct Estimate {
  std::vector<std::string> reverted{};
  std::vector<std::size_t> samples{};  ///< positions in the data set, ascending
  bool operator==(const Estimate&) const = default;
};
/// Each of `candidates` reverted on top of `reverted`, on `samples` alone. Answer: Ranked.
struct Rank {
  std::vector<std::string> reverted{};
  std::vector<std::string> candidates{};
  std::vector<std::size_t> samples{};  ///< positions in the data set, ascending
  std::string metric{};
  bool operator==(const Rank&) const = default;
};
/// The model quantized by `variation`, on `samples` alone, with its distance to float. Answer: Evaluation.
struct Try {
  Variation variation{};
  std::vector<std::size_t> samples{};
  bool operator==(const Try&) const = default;
};
/// Nothing more to ask.
struct Done {
  Outcome outcome = Outcome::NotMet;
  std::size_t best = 0;  ///< position in SearchState::trials
  std::string explanation{};
  bool operator==(const Done&) const = default;
};
using Request = std::variant<EvaluateFloat, Quantize, Evaluate, Rank, Try, Estimate, Done>;

struct Quantized {
  std::vector<Candidate> groups{};
};
struct CandidateValue {
  double metric = 0.0;
  double distance = 0.0;             ///< of outputs to the float model's
  std::vector<double> per_sample{};  ///< of the metric; empty where it has none
  std::vector<double> distances{};   ///< per sample
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
  double drop = 0.0;                      ///< of the first controlled metric; infinite when the metric is NaN
  bool accepted = true;                   ///< the search went on from this model; probes: it meets the target
  Variation variation{};                  ///< of which quantization it is
  double seconds = 0.0;

  /// Whether max_iter_num counts it.
  [[nodiscard]] bool is_step() const {
    return kind == IterationKind::Revert || kind == IterationKind::Probe || kind == IterationKind::Prune;
  }
};

struct Ranking {
  std::size_t after_trial = 0;
  std::string metric{};
  std::vector<std::size_t> samples{};
  std::vector<LayerScore> scores{};  ///< best first
};

using SampleValues = std::map<std::string, std::vector<double>>;  ///< by metric

/// What the first groups of a ranking would do, see guess.h.
struct Estimated {
  std::size_t groups = 0;
  std::map<std::string, double> drops{};  ///< of the controlled metrics
};

/// The same of groups that were validated, with what they did do.
struct CheckedEstimate {
  Estimated estimated{};
  std::map<std::string, double> drops{};
};

/// All that a search knows.
struct SearchState {
  SearchSettings settings{};
  std::optional<Baseline> baseline{};
  std::optional<SampleValues> float_values{};  ///< on `comparison`, where that is not empty
  std::vector<std::size_t> comparison{};
  std::vector<Tried> recipes{};
  std::vector<Tried> tunings{};
  std::optional<Variation> in_force{};  ///< the last quantization asked for
  std::optional<std::vector<Candidate>> groups{};
  std::vector<Trial> trials{};
  std::vector<Ranking> rankings{};
  std::vector<Estimated> estimates{};
  std::vector<CheckedEstimate> checked{};  ///< of each probe, where estimates are worth while

  std::string optimised{};           ///< the metric by which steps are judged and groups ranked
  std::size_t base = 0;              ///< the trial from which the next step starts
  SampleValues base_values{};        ///< what it scored
  std::vector<std::string> queue{};  ///< groups of the last ranking that were not tried yet, best first
  std::set<std::string> banned{};    ///< rolled back since the base last changed
  std::size_t judged_from = 0;       ///< the trial from which steps are judged by `optimised`
  bool tolerant = false;             ///< the next step is the first since a ranking: it may increase the drop
  std::optional<Race> race{};        ///< the ranking under way
  // compatibility "pot"
  double reference = 0.0;  ///< the drop that the next one is compared with
  bool rank_next = true;
};

/// Precondition: `settings` are consistent (see SearchSettings).
[[nodiscard]] SearchState started(SearchSettings settings);

/// What must be known next. In this order: a met target wins over a spent budget, and that over an empty list.
[[nodiscard]] Request next(const SearchState& state);

/// The state once `answer` to next(state) is known. Precondition: the answer is of the request's kind, with per-sample
/// values of the optimised metric for all samples, and a finite metric for the float model.
///
/// A step is judged by the optimised metric and its smallest drop accepted since it is that metric. It is accepted when
/// its drop is not larger; when it is, the first step after a ranking is accepted all the same (two layers may help
/// only together), and any other one asks for a new ranking, before which it is rolled back (use_prev_if_drop_increase)
/// to the model it started from. A group that was rolled back is not tried again until another step was accepted. So
/// every second step at least moves on, and without a bound on steps the search ends with the target met or with no
/// group left to try.
///
/// Several metrics must all hold. Optimised is the one that is furthest out (requirements.h) of the quantized model;
/// once it holds and another does not, that one is, and groups are ranked again.
///
/// Bisect: after one ranking, the shortest beginning of it that meets the target, as far as longer ones do as well: 1,
/// 2, 4, ... groups until it is met, then halving what is open, so about 2 log2(groups needed) models, and those the
/// cheapest that could do. Where groups were ranked on at most half of the samples, that is done on these samples
/// first, and what it finds is validated, with the next shorter one, on all (guess.h). Pruning: each group of the model
/// found is put back once, least useful first; what still meets the target goes on from there. The result is the met
/// model with the fewest groups in float.
///
/// Race: see race.h; each share of samples is a request of its own, so a score is what the mean of all samples' values
/// makes of the metric: the metric itself where that is this mean or its root, else (map, f1, correlations) the mean.
///
/// Compatibility "pot": pot_steps.h.
[[nodiscard]] SearchState after(SearchState state, const Answer& answer);

}  // namespace quantrail
