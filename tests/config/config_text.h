#pragma once

#include <string>
#include <vector>

#include "config/config.h"

/// Configurations as text, for tests.
namespace quantrail::testing_config {

inline Result<Config> parsed(const std::string& text, const std::vector<std::string>& overrides = {}) {
  return parse_config(text, "/folder", "c.json", overrides);
}

inline std::string problem(const std::string& text, const std::vector<std::string>& overrides = {}) {
  const auto config = parsed(text, overrides);
  return config ? "none" : config.error().message;
}

/// A configuration with the given sections behind the model's.
inline std::string with(const std::string& sections) { return R"({"model": {"model": "m.onnx"}, )" + sections + "}"; }

inline std::string with_params(const std::string& params, const std::string& algorithm = "AccuracyAwareQuantization") {
  return with(R"("engine": {"validation": {"data": {"type": "npy", "path": "v.npy", "labels": "l.npy"}},
                            "metrics": [{"type": "accuracy"}, {"type": "accuracy", "top_k": 5}]},
                 "compression": {"algorithms": [{"name": ")" +
              algorithm + R"(", "params": {)" + params + "}}]}");
}

}  // namespace quantrail::testing_config
