#pragma once

#include <set>
#include <string>

#include "app/open_store.h"
#include "config/config.h"
#include "export/export.h"
#include "model/quantization.h"

namespace quantrail::app {

[[nodiscard]] RevertMode revert_mode_of(const Config& config);

/// What an iteration is made of, from the store.
struct IterationModel {
  Config config{};  ///< of the run
  Digest base{};    ///< hash of the model that was quantized
  Graph graph{};    ///< its canonical form
  Quantization quantization{};
  std::set<std::string, std::less<>> reverted{};  ///< names of groups
  RevertMode mode = RevertMode::Full;
};

/// Errors: Storage when the iteration's file does not come out as it was recorded.
[[nodiscard]] Result<IterationModel> iteration_model(const NamedIteration& named);

/// The iteration's file.
[[nodiscard]] Result<ExportedModel> file_of(const IterationModel& model, ExportProfile profile);

}  // namespace quantrail::app
