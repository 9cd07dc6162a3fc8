#pragma once

#include "app/open_store.h"
#include "config/config.h"
#include "export/export.h"
#include "model/quantization.h"

namespace quantrail::app {

[[nodiscard]] RevertMode revert_mode_of(const Config& config);

/// The iteration's file, rebuilt from the store and checked against its recorded hash.
[[nodiscard]] Result<ExportedModel> iteration_file(const NamedIteration& named);

}  // namespace quantrail::app
