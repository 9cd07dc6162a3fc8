#pragma once

#include <cstdint>
#include <filesystem>

#include "base/error.h"
#include "model/external_data.h"
#include "model/tensor.h"

namespace onnx {
class TensorProto;
}

namespace quantrail {

/// The element type for ONNX's TensorProto.DataType. Errors: Unsupported, with the ONNX name of the type.
[[nodiscard]] Result<ElementType> element_type(std::int32_t onnx_type);

/// A tensor message in any of ONNX's encodings. Element counts are compared with the data present before memory is
/// taken. Errors: InvalidInput, Unsupported; they name the tensor.
[[nodiscard]] Result<Tensor> tensor_from(const onnx::TensorProto& proto, ExternalData& external);

}  // namespace quantrail
