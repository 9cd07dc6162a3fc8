#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "model/tensor.h"

namespace quantrail {

/// A serialised ONNX TensorProto, as in the .pb files of ONNX's test_data_set folders. Errors: InvalidInput,
/// Unsupported.
[[nodiscard]] Result<Tensor> parsed_tensor(std::string_view bytes);

struct NamedTensor {
  std::string name{};  ///< may be empty
  Tensor tensor{};
};

/// The same with the name that it bears.
[[nodiscard]] Result<NamedTensor> parsed_named_tensor(std::string_view bytes);

}  // namespace quantrail
