#pragma once

#include "model/infer.h"

namespace quantrail::fuzz {

/// Roughly how many multiply-adds and moved elements a run takes.
[[nodiscard]] double work(const Specialised& model);

}  // namespace quantrail::fuzz
