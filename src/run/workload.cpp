#include "run/workload.h"

#include "run/samples.h"

namespace quantrail {

Result<std::optional<Workload>> measured_workload(const RunInputs& inputs, Workbench& workbench) {
  if (!inputs.validation) return std::optional<Workload>();
  const auto pace = workbench.pace({});
  if (!pace) return failed(pace);
  if (!*pace) return std::optional<Workload>();
  Workload work;
  work.calibration_samples = calibration_samples(inputs.compression.quantization, inputs.calibration->size()).size();
  work.validation_samples = inputs.validation->size();
  work.layers = workbench.layers();
  work.float_seconds = **pace;
  return std::optional(work);
}

}  // namespace quantrail
