// Tensors of every element type, in both of ONNX's encodings.
#include <gmock/gmock.h>
#include <onnx/onnx_pb.h>

#include <limits>

#include "model/graph_builder.h"
#include "model/half.h"
#include "model/onnx_file.h"
#include "model/tensor_file.h"

namespace quantrail {
namespace {

using ::testing::HasSubstr;
using testing::tensor;

std::string bytes_of(const onnx::TensorProto& proto) { return proto.SerializeAsString(); }

template <class T>
Tensor extremes() {
  return tensor<T>({3}, {std::numeric_limits<T>::lowest(), T{1}, std::numeric_limits<T>::max()});
}

/// The same tensor in the typed field that ONNX has for it.
onnx::TensorProto typed(const Tensor& value) {
  onnx::TensorProto proto;
  testing::fill(proto, "t", value);
  proto.clear_raw_data();
  for (const auto element : integers_of(value)) {
    switch (value.type) {
      case ElementType::Int64: proto.add_int64_data(element); break;
      case ElementType::Uint32:
      case ElementType::Uint64: proto.add_uint64_data(static_cast<std::uint64_t>(element)); break;
      default: proto.add_int32_data(static_cast<std::int32_t>(element)); break;
    }
  }
  return proto;
}

TEST(ElementTypes, IntegersAreReadInBothEncodings) {
  for (const Tensor& value :
       {extremes<std::int8_t>(), extremes<std::int16_t>(), extremes<std::int32_t>(), extremes<std::int64_t>(),
        extremes<std::uint8_t>(), extremes<std::uint16_t>(), extremes<std::uint32_t>(), extremes<std::uint64_t>()}) {
    onnx::TensorProto raw;
    testing::fill(raw, "t", value);
    for (const auto& proto : {raw, typed(value)}) {
      const auto read = parsed_tensor(bytes_of(proto));
      ASSERT_TRUE(read) << read.error().message;
      EXPECT_EQ(*read, value) << name_of(value.type);
    }
  }
}

TEST(ElementTypes, HalvesAreReadAsTheirBits) {
  for (const auto type : {ElementType::Float16, ElementType::BFloat16}) {
    const Tensor value = narrowed(tensor<float>({2}, {1.5F, -0.25F}), type);
    onnx::TensorProto proto;
    testing::fill(proto, "t", value);
    EXPECT_EQ(*parsed_tensor(bytes_of(proto)), value);
    proto.clear_raw_data();
    const auto* bits = reinterpret_cast<const std::uint16_t*>(value.bytes.data());
    for (const auto half : {bits[0], bits[1]}) proto.add_int32_data(half);
    EXPECT_EQ(*parsed_tensor(bytes_of(proto)), value);
    EXPECT_EQ(floats_of(value), (std::vector<float>{1.5F, -0.25F}));
  }
}

TEST(ElementTypes, ValuesThatDoNotFitAreRefused) {
  for (const auto& [type, element] : {std::pair{onnx::TensorProto::INT16, 40000},
                                      {onnx::TensorProto::UINT16, -1},
                                      {onnx::TensorProto::BFLOAT16, 70000}}) {
    onnx::TensorProto proto;
    proto.set_name("t");
    proto.set_data_type(type);
    proto.add_dims(1);
    proto.add_int32_data(element);
    const auto read = parsed_tensor(bytes_of(proto));
    ASSERT_FALSE(read);
    EXPECT_THAT(read.error().message, HasSubstr("does not fit its type"));
  }
}

TEST(ElementTypes, OthersAreRefusedByName) {
  for (const auto& [type, name] :
       {std::pair{onnx::TensorProto::STRING, "STRING"}, {onnx::TensorProto::COMPLEX64, "COMPLEX64"}}) {
    onnx::TensorProto proto;
    proto.set_data_type(type);
    EXPECT_THAT(parsed_tensor(bytes_of(proto)).error().message, HasSubstr(name));
  }
}

}  // namespace
}  // namespace quantrail
