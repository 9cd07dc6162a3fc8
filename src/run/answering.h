#pragma once

#include <set>
#include <string>
#include <vector>

#include "evaluate/cost.h"
#include "run/inputs.h"
#include "run/keys.h"
#include "run/patience.h"
#include "run/ports.h"
#include "run/workbench.h"
#include "search/search.h"

namespace quantrail {

/// Answers the requests of a search: from memory where it can, by computing and remembering where not.
class Answering {
 public:
  /// `macs`: by node of inputs.graph. `metric`: what rankings go by. What is referred to must outlive this.
  Answering(const RunInputs& inputs, const MultiplyAdds& macs, std::string metric, Workbench& workbench,
            AnswerStore& store, RunObserver& observer, std::stop_token stop);

  /// Errors: those of execute(). Precondition: not Done, and whatever needs the quantization comes after Quantize.
  [[nodiscard]] Result<Answer> answer(const Request& request);

  /// What the last Quantize (or TryRecipe) was answered with.
  [[nodiscard]] const Quantization& quantization() const { return quantization_; }
  [[nodiscard]] std::size_t asked() const { return asked_; }    ///< evaluations
  [[nodiscard]] std::size_t reused() const { return reused_; }  ///< of those, not computed

 private:
  using Names = std::vector<std::string>;
  [[nodiscard]] Result<Answer> answer(const EvaluateFloat& request);
  [[nodiscard]] Result<Answer> answer(const Quantize& request);
  [[nodiscard]] Result<Answer> answer(const Evaluate& request);
  [[nodiscard]] Result<Answer> answer(const Rank& request);
  [[nodiscard]] Result<Answer> answer(const TryRecipe& request);

  /// One evaluation per request, from memory or computed together.
  [[nodiscard]] Result<std::vector<Evaluation>> together(const Variant& base,
                                                         const std::vector<EvaluationRequest>& requests);
  [[nodiscard]] Digest key_of(const EvaluationRequest& request) const;
  /// One evaluation as a step of its own.
  [[nodiscard]] Result<Answer> evaluated(std::string step, const EvaluationRequest& request);
  /// Makes quantization_ what `recipe` says.
  [[nodiscard]] Status quantize(const std::optional<Recipe>& recipe);
  [[nodiscard]] Result<ChannelEdits> edits(const QuantizationParams& params);
  /// `step`: what people see.
  [[nodiscard]] Result<Statistics> statistics(const char* step, const ChannelEdits& edits,
                                              const StatisticsRequest& request);
  [[nodiscard]] Result<Statistics> calibrated(const Digest& key, const ChannelEdits& edits,
                                              const StatisticsRequest& request,
                                              const std::vector<std::size_t>& samples);
  [[nodiscard]] Result<Quantization> corrected(const QuantizationParams& params, const Quantization& quantization);
  [[nodiscard]] Status keep(const Digest& key, const Quantization& quantization);
  [[nodiscard]] EvaluationRequest variant(const Names& reverted, std::vector<std::size_t> samples) const;

  const RunInputs& inputs_;
  const MultiplyAdds& macs_;
  std::string metric_;
  Workbench& workbench_;
  AnswerStore& store_;
  RunObserver& observer_;
  std::stop_token stop_;
  Patience patiently_;
  RuntimeInfo runtime_;
  Quantization quantization_{};
  Digest quantization_digest_{};
  std::size_t asked_ = 0;
  std::size_t reused_ = 0;
};

}  // namespace quantrail
