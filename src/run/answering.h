#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "evaluate/cost.h"
#include "run/inputs.h"
#include "run/keys.h"
#include "run/known_quantization.h"
#include "run/patience.h"
#include "run/ports.h"
#include "run/workbench.h"
#include "search/search.h"

namespace quantrail {

/// Answers the requests of a search: from memory where it can, by computing and remembering where not.
class Answering {
 public:
  using Names = std::vector<std::string>;
  using MetricNames = std::set<std::string, std::less<>>;

  /// `macs`: by node of inputs.graph. What is referred to must outlive this.
  Answering(const RunInputs& inputs, const MultiplyAdds& macs, Workbench& workbench, AnswerStore& store,
            RunObserver& observer, std::stop_token stop);

  /// Errors: those of execute(). Precondition: not Done, and whatever needs the quantization comes after Quantize.
  /// `step`: what people see meanwhile.
  [[nodiscard]] Result<Answer> answer(const Request& request, std::string step);

  /// `told` comes before whatever has to be computed because the store does not know it; its failure is the answer's.
  void before_work(std::function<Status()> told) { before_work_ = std::move(told); }
  /// How many times as fast as float a model computes, measured once and remembered. Nothing where nothing is measured,
  /// and on processors where integers are made up for in float.
  [[nodiscard]] Result<std::optional<double>> speed_up(const KnownQuantization& quantization, const Names& reverted);

  /// What is known of a model on all validation samples; nothing where the store has forgotten it.
  [[nodiscard]] Result<std::optional<Evaluation>> remembered(const KnownQuantization& quantization,
                                                             const Names& reverted);

  /// Of what the last answer was.
  [[nodiscard]] const KnownQuantization& quantization() const { return *in_use_; }
  /// Of what an earlier answer was.
  [[nodiscard]] const KnownQuantization& quantization(const Digest& digest) const { return *used_.at(digest); }
  /// What calibration for it found odd in the data.
  [[nodiscard]] const std::vector<std::string>& remarks() const { return remarks_; }
  [[nodiscard]] std::size_t asked() const { return asked_; }    ///< evaluations
  [[nodiscard]] std::size_t reused() const { return reused_; }  ///< of those, not computed

 private:
  using Known = std::shared_ptr<const KnownQuantization>;
  [[nodiscard]] Result<Answer> answer(const EvaluateFloat& request);
  [[nodiscard]] Result<Answer> answer(const Quantize& request);
  [[nodiscard]] Result<Answer> answer(const Evaluate& request);
  [[nodiscard]] Result<Answer> answer(const Estimate& request);
  [[nodiscard]] Result<Answer> answer(const Rank& request);
  [[nodiscard]] Result<Answer> answer(const Try& request);

  /// One evaluation per request, from memory or computed together.
  [[nodiscard]] Result<std::vector<Evaluation>> together(const Variant& base,
                                                         const std::vector<EvaluationRequest>& requests);
  [[nodiscard]] EvaluationRequest in_float(const EvaluateFloat& request) const;
  [[nodiscard]] Digest key_of(const EvaluationRequest& request) const;
  /// The answer to `request`, whose key is `key`, or to one that asks for all metrics.
  [[nodiscard]] Result<std::optional<Evaluation>> known_answer(const EvaluationRequest& request, const Digest& key);
  /// One evaluation as a step of its own.
  [[nodiscard]] Result<Evaluation> evaluated(const EvaluationRequest& request);
  /// Makes the quantization in use what `variation` says.
  [[nodiscard]] Status quantize(const Variation& variation);
  /// Makes `made`, and the parameters in use, those of the ranges that suit the outputs best, where they are left open.
  [[nodiscard]] Status choose_ranges(const ChannelEdits& edits, const Statistics& learned, Quantization& made);
  /// Keeps the layers of `made` to half the codes that CPUs without VNNI would spoil, where saturation_fix asks for it.
  [[nodiscard]] Status keep_sums_exact(const ChannelEdits& edits, const Statistics& learned, Quantization& made);
  /// Remembered or computed.
  [[nodiscard]] Result<std::set<std::string, std::less<>>> spoilt_layers(const Quantization& quantization);
  /// Remembered or computed, which makes `reused` false. `before`: what of the step is done.
  [[nodiscard]] Result<double> output_error(const KnownQuantization& quantization,
                                            const std::vector<std::size_t>& samples, StepProgress before, bool& reused);
  /// Makes the quantization in use the one for models with `reverted` groups: another one only with correct_again.
  [[nodiscard]] Status use_for(const Names& reverted);
  [[nodiscard]] Result<ChannelEdits> edits(const QuantizationParams& params);
  /// `step`: what people see.
  [[nodiscard]] Result<Statistics> statistics(const char* step, const ChannelEdits& edits,
                                              const StatisticsRequest& request);
  [[nodiscard]] Result<Statistics> calibrated(const Digest& key, const ChannelEdits& edits,
                                              const StatisticsRequest& request,
                                              const std::vector<std::size_t>& samples);
  [[nodiscard]] Result<Quantization> corrected(const Quantization& quantization);
  [[nodiscard]] Status keep(const Digest& key, const Quantization& quantization);
  /// Makes it the one in use, and remembers it.
  [[nodiscard]] Status use(Known quantization);
  [[nodiscard]] EvaluationRequest variant(const Names& reverted, std::vector<std::size_t> samples) const;

  const RunInputs& inputs_;
  const MultiplyAdds& macs_;
  Workbench& workbench_;
  AnswerStore& store_;
  RunObserver& observer_;
  std::stop_token stop_;
  Patience patiently_;
  std::string step_{};
  std::function<Status()> before_work_ = [] { return Status{}; };
  RuntimeInfo runtime_;
  QuantizationParams params_{};  ///< of the last Quantize (or Try)
  Quantization uncorrected_{};   ///< what they gave, before full bias correction
  Known quantized_{};            ///< what they gave
  Known in_use_ = known(Quantization{});
  std::map<Digest, Known> used_{};
  std::vector<std::string> remarks_{};
  std::size_t asked_ = 0;
  std::size_t reused_ = 0;
};

}  // namespace quantrail
