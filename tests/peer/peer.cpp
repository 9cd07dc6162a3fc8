#include "peer/peer.h"

#include <fmt/format.h>
#include <onnx/onnx_pb.h>

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <sstream>

#include "base/files.h"
#include "peer/scratch.h"

namespace quantrail::testing {
namespace {

namespace fs = std::filesystem;

std::string node_path() {
  for (const auto* variable : {"QUANTRAIL_ORT", "NODE_PATH"}) {
    const char* value = std::getenv(variable);
    if (value != nullptr && *value != '\0') return value;
  }
  return {};
}

std::vector<std::string> folders_in(const std::string& list) {
  std::vector<std::string> folders;
  std::stringstream stream(list);
  for (std::string folder; std::getline(stream, folder, ':');) folders.push_back(folder);
  return folders;
}

bool in_path(const char* program) {
  const char* path = std::getenv("PATH");
  const auto folders = folders_in(path == nullptr ? "" : path);
  return std::any_of(folders.begin(), folders.end(), [&](const std::string& folder) {
    return ::access((fs::path(folder) / program).c_str(), X_OK) == 0;
  });
}

std::string quoted(const std::string& text) { return "'" + text + "'"; }

int run(const std::string& command) { return std::system(command.c_str()); }

Result<std::vector<float>> floats_in(const fs::path& path) {
  const auto bytes = read_file(path);
  if (!bytes) return failed(bytes);
  std::vector<float> values(bytes->size() / sizeof(float));
  std::memcpy(values.data(), bytes->data(), values.size() * sizeof(float));
  return values;
}

Result<std::vector<PeerNode>> nodes_in(const fs::path& path) {
  const auto bytes = read_file(path);
  if (!bytes) return failed(bytes);
  onnx::ModelProto model;
  if (!model.ParseFromString(*bytes)) return fail(Cause::Backend, "{}: not a model", path.string());
  std::vector<PeerNode> nodes;
  for (const auto& node : model.graph().node()) {
    nodes.push_back({node.name(),
                     node.op_type(),
                     {node.input().begin(), node.input().end()},
                     {node.output().begin(), node.output().end()}});
  }
  return nodes;
}

}  // namespace

std::string missing_peer() {
  if (node_path().empty()) return "set QUANTRAIL_ORT to a node_modules folder with onnxruntime-node";
  // Where both are there but do not work, tests shall fail, not skip; and asking Node.js each time would take as long
  // as many a test.
  if (!in_path("node")) return "Node.js is not installed";
  for (const auto& folder : folders_in(node_path())) {
    if (fs::exists(fs::path(folder) / "onnxruntime-node" / "package.json")) return {};
  }
  return "no onnxruntime-node in " + node_path();
}

Status run_script(const std::string& script, const std::vector<std::string>& arguments) {
  const Scratch scratch;
  auto command = fmt::format("NODE_PATH={} node {}", quoted(node_path()), quoted(script));
  for (const auto& argument : arguments) command += " " + quoted(argument);
  if (run(fmt::format("{} >{} 2>&1", command, quoted(scratch / "log"))) == 0) return {};
  return fail(Cause::Backend, "ONNX Runtime: {}", read_file(scratch / "log").value_or("no output"));
}

Result<PeerRun> run_in_peer(const std::string& model, const Tensor& input) {
  const Scratch scratch;
  const std::string_view values(reinterpret_cast<const char*>(input.bytes.data()), input.bytes.size());
  if (const auto written = write_file(scratch / "model.onnx", model); !written) return failed(written);
  if (const auto written = write_file(scratch / "input.bin", values); !written) return failed(written);
  std::vector<std::string> sizes;
  for (const auto size : input.shape) sizes.push_back(std::to_string(size));
  const auto ran = run_script(QUANTRAIL_SOURCE_DIR "/tests/peer/ort_peer.cjs",
                              {(scratch / "model.onnx").string(), (scratch / "input.bin").string(),
                               fmt::format("{}", fmt::join(sizes, "x")), scratch.text()});
  if (!ran) return failed(ran);
  auto made = read_file(scratch / "optimized.onnx");
  auto nodes = nodes_in(scratch / "optimized.onnx");
  auto optimized = floats_in(scratch / "optimized.bin");
  auto deployed = floats_in(scratch / "deployed.bin");
  auto disabled = floats_in(scratch / "disabled.bin");
  auto plain = floats_in(scratch / "plain.bin");
  if (!made || !nodes || !optimized || !deployed || !disabled || !plain)
    return fail(Cause::Backend, "ONNX Runtime wrote no results");
  return PeerRun{std::move(*made),     std::move(*nodes),    std::move(*optimized),
                 std::move(*deployed), std::move(*disabled), std::move(*plain)};
}

}  // namespace quantrail::testing
