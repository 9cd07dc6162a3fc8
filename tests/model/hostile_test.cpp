// Files that are damaged, or made to do damage. Each must give an error, quickly, and take no memory worth mentioning.
#include <gmock/gmock.h>

#include "model/canonical.h"
#include "model/graph_builder.h"
#include "model/infer.h"
#include "model/load.h"
#include "model/onnx_file.h"

namespace quantrail {
namespace {

using testing::GraphBuilder;
using ::testing::HasSubstr;
using testing::onnx_model;
using testing::ScratchFolder;
using testing::write_bytes;
using testing::write_model;

Graph small_network() {
  GraphBuilder b;
  const auto x = b.input("x", {-1, 3, 8, 8});
  b.output(b.node("Relu", "relu", {b.conv("conv", x, 3, 4, 3)}), {-1, 4, 8, 8});
  return b.graph();
}

class Hostile : public ::testing::Test {
 protected:
  std::string refusal(const std::string& bytes) {
    write_bytes(folder_ / "model.onnx", bytes);
    const auto model = load_model(folder_ / "model.onnx");
    return model ? "loaded" : model.error().message;
  }
  std::string refusal(const onnx::ModelProto& proto) { return refusal(proto.SerializeAsString()); }

  ScratchFolder folder_{};
};

TEST_F(Hostile, EveryTruncationIsRefused) {
  const std::string whole = onnx_model(small_network()).SerializeAsString();
  for (std::size_t length = 0; length < whole.size(); length += 97) {
    write_bytes(folder_ / "model.onnx", whole.substr(0, length));
    const auto model = load_model(folder_ / "model.onnx");
    ASSERT_FALSE(model) << length << " of " << whole.size() << " bytes";
    EXPECT_EQ(model.error().cause, Cause::InvalidInput);
    EXPECT_THAT(model.error().message, HasSubstr("model.onnx"));
  }
}

TEST_F(Hostile, FlippedBytesNeverCrash) {
  const std::string whole = onnx_model(small_network()).SerializeAsString();
  int loaded = 0;
  for (std::size_t at = 0; at < whole.size(); at += 3) {
    std::string changed = whole;
    changed[at] = static_cast<char>(static_cast<unsigned char>(changed[at]) ^ 0x81U);
    write_bytes(folder_ / "model.onnx", changed);
    const auto model = load_model(folder_ / "model.onnx");
    if (!model) continue;
    const auto graph = canonicalised(model->graph);
    if (graph && input_shapes(*graph, 1) && specialised(*graph, *input_shapes(*graph, 1))) ++loaded;
  }
  EXPECT_GT(loaded, 0);  // weights may change without harm to the structure
}

TEST_F(Hostile, OtherFilesAreNamedForWhatTheyAre) {
  EXPECT_THAT(refusal(std::string()), HasSubstr("is empty"));
  EXPECT_THAT(refusal(std::string("hello, this is a text file\n")), HasSubstr("is a text file"));
  EXPECT_THAT(refusal(std::string("version https://git-lfs.github.com/spec/v1\n")), HasSubstr("Git LFS"));
  EXPECT_THAT(refusal(std::string("\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 16)), HasSubstr("is not an ONNX model"));
  EXPECT_THAT(load_model(folder_ / "missing.onnx").error().message, HasSubstr("No such file"));
}

TEST_F(Hostile, FilesBeyondTheLimitAreNotRead) {
  write_bytes(folder_ / "model.onnx", "\x08\x07");
  std::filesystem::resize_file(folder_ / "model.onnx", std::uintmax_t{1} << 40U);  // sparse
  EXPECT_THAT(load_model(folder_ / "model.onnx").error().message, HasSubstr("model.onnx: is larger than 2 GiB"));
}

TEST_F(Hostile, ImpossibleDimensionsTakeNoMemory) {
  auto proto = onnx_model(small_network());
  auto& weights = *proto.mutable_graph()->mutable_initializer(1);
  weights.set_dims(0, std::int64_t{1} << 40U);
  EXPECT_THAT(refusal(proto), HasSubstr("tensor 'conv_w'"));
  weights.set_dims(0, std::int64_t{1} << 62U);
  weights.set_dims(1, std::int64_t{1} << 62U);
  EXPECT_THAT(refusal(proto), HasSubstr("impossible shape"));
  weights.set_dims(2, 0);
  EXPECT_THAT(refusal(proto), HasSubstr("impossible shape")) << "no elements, but products of sizes overflow";
  weights.set_dims(0, -4);
  EXPECT_THAT(refusal(proto), HasSubstr("impossible shape"));
}

TEST_F(Hostile, ExpressionsThatGrowWithoutBoundAreNotComputed) {
  GraphBuilder b;
  const auto x = b.input("x", {-1, 1});
  const auto big = b.node("ConstantOfShape", "big", {b.integers("size", {std::int64_t{1} << 36U})});
  b.output(b.node("Add", "add", {x, big}), {-1, std::int64_t{1} << 36U});
  const auto graph = canonicalised(b.graph());
  ASSERT_TRUE(graph);
  EXPECT_EQ(graph->nodes.size(), 2U);
}

TEST_F(Hostile, BytesInMemoryAreAModelButReadNoFiles) {
  auto proto = onnx_model(small_network());
  const auto model = parsed_model(proto.SerializeAsString());
  ASSERT_TRUE(model) << model.error().message;
  write_model(folder_ / "model.onnx", proto);
  EXPECT_EQ(model->hash, load_model(folder_ / "model.onnx")->hash);
  auto& weights = *proto.mutable_graph()->mutable_initializer(1);
  weights.clear_raw_data();
  weights.set_data_location(onnx::TensorProto::EXTERNAL);
  EXPECT_THAT(parsed_model(proto.SerializeAsString()).error().message, HasSubstr("the model is not in a file"));
}

class ExternalWeights : public Hostile {
 protected:
  /// A model whose first weights lie in `location`, at `offset`.
  onnx::ModelProto model(const std::string& location, const std::string& offset, const std::string& length) {
    auto proto = onnx_model(small_network());
    auto& weights = *proto.mutable_graph()->mutable_initializer(1);
    raw_ = weights.raw_data();
    weights.clear_raw_data();
    weights.set_data_location(onnx::TensorProto::EXTERNAL);
    const auto entry = [&](const char* key, const std::string& value) {
      if (value.empty()) return;
      auto* added = weights.add_external_data();
      added->set_key(key);
      added->set_value(value);
    };
    entry("location", location);
    entry("offset", offset);
    entry("length", length);
    write_bytes(folder_ / "weights.bin", "12345678" + raw_);
    return proto;
  }

  std::string raw_{};
};

TEST_F(ExternalWeights, AreReadAndHashedWithTheFile) {
  const auto proto = model("weights.bin", "8", "432");
  write_model(folder_ / "model.onnx", proto);
  const auto first = load_model(folder_ / "model.onnx");
  ASSERT_TRUE(first) << first.error().message;
  EXPECT_EQ(*first->graph.constants.at("conv_w"), *small_network().constants.at("conv_w"));
  EXPECT_EQ(first->bytes, std::filesystem::file_size(folder_ / "model.onnx") + 440);
  write_bytes(folder_ / "weights.bin", "00000000" + raw_);  // outside of what is read, inside of what is the model
  EXPECT_NE(load_model(folder_ / "model.onnx")->hash, first->hash);
}

TEST_F(ExternalWeights, MayNotLieOutsideTheFile) {
  EXPECT_THAT(refusal(model("weights.bin", "9", "432")), HasSubstr("exceeds"));
  EXPECT_THAT(refusal(model("weights.bin", "441", "")), HasSubstr("lies outside"));
  EXPECT_THAT(refusal(model("weights.bin", "18446744073709551615", "432")), HasSubstr("lies outside"));
  EXPECT_THAT(refusal(model("weights.bin", "-1", "432")), HasSubstr("lies outside"));
  EXPECT_THAT(refusal(model("weights.bin", "8", "4")), HasSubstr("4 bytes of external data where the shape needs 432"));
  EXPECT_THAT(refusal(model("weights.bin", "12", "")),
              HasSubstr("428 bytes of external data where the shape needs 432"));
}

TEST_F(ExternalWeights, MayNotLeaveTheModelsFolder) {
  EXPECT_THAT(refusal(model("/etc/hostname", "", "")), HasSubstr("is not a path below"));
  EXPECT_THAT(refusal(model("sub/../../weights.bin", "", "")), HasSubstr("is not a path below"));
  EXPECT_THAT(refusal(model("", "8", "432")), HasSubstr("is not a path below"));
  EXPECT_THAT(refusal(model("missing.bin", "8", "432")), HasSubstr("cannot be found"));
  std::filesystem::create_symlink("/etc", folder_ / "link");
  EXPECT_THAT(refusal(model("link/hostname", "", "")), HasSubstr("is a link that leaves"));
  std::filesystem::create_directory(folder_ / "folder");
  EXPECT_THAT(refusal(model("folder", "", "")), HasSubstr("is not a regular file"));
}

}  // namespace
}  // namespace quantrail
