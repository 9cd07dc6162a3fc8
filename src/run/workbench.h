#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "base/error.h"
#include "evaluate/evaluator.h"
#include "export/export.h"
#include "model/quantization.h"
#include "quantize/channel_edits.h"
#include "quantize/full_bias_correction.h"
#include "quantize/statistics.h"
#include "run/inputs.h"

namespace quantrail {

/// Port: the work of a run that takes long. It decides nothing and remembers nothing.
class Workbench {
 public:
  virtual ~Workbench() = default;
  /// What calibration has to learn before the float weights are edited; nothing where `params` edit nothing.
  [[nodiscard]] virtual StatisticsRequest needed_for_edits(const QuantizationParams& params) = 0;
  /// Pure, as quantize() below.
  [[nodiscard]] virtual ChannelEdits edits(const QuantizationParams& params, const Statistics& statistics) = 0;
  /// What calibration has to learn of the network with `edits` in place.
  [[nodiscard]] virtual Result<StatisticsRequest> needed_statistics(const QuantizationParams& params,
                                                                    const ChannelEdits& edits) = 0;
  /// Learns it on `samples` of the calibration data. `progress` gets the number of samples done.
  [[nodiscard]] virtual Result<Statistics> calibrate(const ChannelEdits& edits, const StatisticsRequest& request,
                                                     const std::vector<std::size_t>& samples,
                                                     const std::function<void(std::size_t)>& progress,
                                                     std::stop_token stop) = 0;
  /// Pure: the same statistics give the same quantization.
  [[nodiscard]] virtual Result<Quantization> quantize(const QuantizationParams& params, const ChannelEdits& edits,
                                                      const Statistics& statistics) = 0;
  /// How far the outputs are from the float network's on `samples` of the calibration data: the mean over float outputs
  /// and samples of |y - f|^2 / |f|^2, each at most 1. NaN where no output can be compared.
  [[nodiscard]] virtual Result<double> output_error(const Quantization& quantization,
                                                    const std::vector<std::size_t>& samples,
                                                    const EvaluationHooks& hooks) = 0;
  /// Layers whose results CPUs without VNNI would spoil on `samples` of the calibration data; see spoilt_layers().
  /// `progress` gets the number of samples done.
  [[nodiscard]] virtual Result<std::set<std::string, std::less<>>> spoilt(
      const Quantization& quantization, const std::vector<std::size_t>& samples,
      const std::function<void(std::size_t)>& progress, std::stop_token stop) = 0;
  /// Layers that full bias correction will go through.
  [[nodiscard]] virtual std::size_t correctable(const Quantization& quantization, bool all_layers) = 0;
  /// Corrects all biases of `quantization` on `samples` of the calibration data.
  [[nodiscard]] virtual Result<Quantization> correct(const Quantization& quantization,
                                                     const std::vector<std::size_t>& samples,
                                                     const FullCorrection& options) = 0;
  /// A variant on samples of the validation data.
  [[nodiscard]] virtual Result<Evaluation> evaluate(const EvaluationRequest& request, const EvaluationHooks& hooks) = 0;
  /// Variants near `base`, together; see Evaluator::evaluated_together().
  [[nodiscard]] virtual Result<std::vector<Evaluation>> evaluate_together(const Variant& base,
                                                                          std::span<const EvaluationRequest> requests,
                                                                          const EvaluationHooks& hooks) = 0;
  /// Seconds that a sample of `variant` takes on all threads; see Evaluator::pace(). Nothing where nothing is measured.
  [[nodiscard]] virtual Result<std::optional<double>> pace(const Variant& variant) = 0;
  /// Layers that quantization puts into integers, as far as that can be said without data.
  [[nodiscard]] virtual std::size_t layers() = 0;
  /// The bytes that the variant ships as.
  [[nodiscard]] virtual Result<ExportedModel> exported(const Quantization& quantization,
                                                       const std::set<std::string, std::less<>>& reverted) = 0;
};

/// The real one. `inputs` must outlive it. Data and metrics are checked against the float network when it is first
/// measured, which execute() does before anything long starts.
[[nodiscard]] Result<std::unique_ptr<Workbench>> make_workbench(const RunInputs& inputs);

}  // namespace quantrail
