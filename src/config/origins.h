#pragma once

#include <map>
#include <string>

#include "config/json.h"

namespace quantrail {

/// Where the values of a configuration come from: by path ("engine.seed", "engine.metrics[0].type"), "file" for those
/// as `written`, "set" for those that --set made of them in `used`. What is not named is a default.
[[nodiscard]] std::map<std::string, std::string> origins_of(const Json& written, const Json& used);

}  // namespace quantrail
