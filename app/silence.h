#pragma once

#include <string>

#include "tracking/runs.h"

namespace quantrail::app {

/// "no sign of life for 2 min 41 s, though process 28817 is there"; empty while its worker tells something now and
/// then.
[[nodiscard]] std::string silence_text(const tracking::LeaseRecord& lease);

}  // namespace quantrail::app
