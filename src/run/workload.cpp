#include "run/workload.h"

#include "run/range_choice.h"
#include "run/samples.h"

namespace quantrail {

Result<std::optional<Workload>> measured_workload(const RunInputs& inputs, Workbench& workbench) {
  if (!inputs.validation) return std::optional<Workload>();
  const auto pace = workbench.pace({});
  if (!pace) return failed(pace);
  if (!*pace) return std::optional<Workload>();
  Workload work;
  const auto& params = inputs.compression.quantization;
  const auto samples = calibration_samples(params, inputs.calibration->size());
  work.calibration_samples = samples.size();
  work.compared_samples = range_choices(params).size() * evenly_spread(samples, kComparedSamples).size();
  work.validation_samples = inputs.validation->size();
  work.layers = workbench.layers();
  work.float_seconds = **pace;
  return std::optional(work);
}

}  // namespace quantrail
