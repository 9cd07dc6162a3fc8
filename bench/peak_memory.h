#pragma once

#include "base/error.h"

namespace quantrail::bench {

/// The most memory that this process ever had, in MiB. Errors: Backend.
[[nodiscard]] Result<double> peak_mib();

}  // namespace quantrail::bench
