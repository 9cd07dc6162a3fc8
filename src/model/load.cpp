#include "model/load.h"

#include <onnx/onnx_pb.h>

#include <algorithm>
#include <cctype>
#include <limits>
#include <optional>
#include <set>

#include "base/files.h"
#include "base/text.h"
#include "model/checker.h"
#include "model/expanders.h"
#include "model/external_data.h"
#include "model/proto_branches.h"
#include "model/proto_functions.h"
#include "model/proto_graph.h"
#include "model/shape_rules.h"
#include "model/upgrade.h"
#include "model/well_formed.h"

namespace quantrail {
namespace {

constexpr std::int64_t kOldestOpset = 1;
constexpr std::int64_t kNewestOpset = 25;
constexpr std::int64_t kNewestIr = 13;
/// Protobuf's own limit.
constexpr std::uint64_t kLargestFile = std::numeric_limits<int>::max();

bool looks_like_text(std::string_view content) {
  const auto head = content.substr(0, 512);
  return std::all_of(head.begin(), head.end(),
                     [](unsigned char c) { return std::isprint(c) != 0 || std::isspace(c) != 0; });
}

Status check_size(std::uint64_t bytes) {
  if (bytes <= kLargestFile) return {};
  return fail(Cause::InvalidInput, "is larger than 2 GiB, which ONNX files cannot be (external data can)");
}

Status check_content(std::string_view content) {
  if (content.empty()) return fail(Cause::InvalidInput, "is empty, an ONNX model is needed");
  if (content.starts_with("version https://git-lfs"))
    return fail(Cause::InvalidInput, "is a Git LFS pointer, the model was not fetched");
  if (looks_like_text(content)) return fail(Cause::InvalidInput, "is a text file, not an ONNX model");
  return check_size(content.size());
}

Result<std::string> file_content(const std::filesystem::path& path) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (std::filesystem::exists(status) && std::filesystem::is_other(status)) {
    return fail(Cause::InvalidInput, "{}: is not a regular file", path.string());
  }
  const auto bytes = std::filesystem::file_size(path, error);
  if (!error) {
    if (auto ok = check_size(bytes); !ok) return failed(ok, path.string());
  }
  return read_file(path);
}

Result<std::int64_t> opset_of(const onnx::ModelProto& proto) {
  std::optional<std::int64_t> opset;
  for (const auto& import : proto.opset_import()) {
    if (import.domain().empty() || import.domain() == "ai.onnx") opset = import.version();
  }
  if (!opset && proto.opset_import_size() > 0) {
    return fail(Cause::Unsupported, "uses operators of domain '{}' only, ONNX's own are supported",
                printable(proto.opset_import(0).domain()));
  }
  constexpr std::int64_t kFirstIrWithOpsets = 3;
  if (!opset && proto.ir_version() < kFirstIrWithOpsets) opset = 1;
  if (!opset) return fail(Cause::InvalidInput, "names no opset, or is truncated");
  if (*opset < kOldestOpset || *opset > kNewestOpset) {
    return fail(Cause::Unsupported, "opset {} is not supported, {} to {} are", *opset, kOldestOpset, kNewestOpset);
  }
  return *opset;
}

Status check_header(const onnx::ModelProto& proto) {
  if (proto.ir_version() <= 0) return fail(Cause::InvalidInput, "is not an ONNX model, or is truncated");
  if (proto.ir_version() > kNewestIr) {
    return fail(Cause::Unsupported, "IR version {} is not supported, up to {} are", proto.ir_version(), kNewestIr);
  }
  if (!proto.has_graph()) return fail(Cause::InvalidInput, "holds no graph, or is truncated");
  return {};
}

/// Adds external data to the file's own hash and size.
Status identify(Model& model, const ExternalData& external) {
  if (external.files().empty()) return {};
  Hasher all;
  all.add(model.hash);
  for (const auto& [location, path] : external.files()) {
    const auto digest = sha256_file(path);
    if (!digest) return failed(digest);
    std::error_code error;
    const auto size = std::filesystem::file_size(path, error);
    if (error) return fail(Cause::InvalidInput, "{}: {}", path.string(), error.message());
    all.add(location).add(*digest);
    model.external_files.push_back(location);
    model.bytes += size;
  }
  model.hash = all.finish();
  return {};
}

void note_repeated_outputs(Model& model, const onnx::GraphProto& proto) {
  std::set<std::string> seen;
  for (const auto& output : proto.output()) {
    if (!seen.insert(output.name()).second)
      model.notes.push_back(fmt::format("Output '{}' is listed again and counts once.", printable(output.name())));
  }
}

/// Completes `proto` as it goes.
Status run_checker(Model& model, onnx::ModelProto& proto, bool sorted, bool external_data) {
  if (!checkable(proto)) {
    model.notes.push_back(
        fmt::format("libonnx's checker does not know the model's IR {}, opset {} or operators and was not run.",
                    model.ir_version, model.source_opset));
    return {};
  }
  if (const auto op = experimental_operator(proto); !op.empty()) {
    model.notes.push_back(
        fmt::format("libonnx's checker does not know the experimental operator {} and was not run.", printable(op)));
    return {};
  }
  if (!sorted) {
    model.notes.emplace_back("The nodes were not in topological order and were sorted; libonnx's checker was not run.");
    return {};
  }
  if (complete(proto) && external_data) {
    model.notes.emplace_back("The file leaves out names or types; libonnx's checker was not run.");
    return {};
  }
  return check_with_libonnx(proto, model.path, external_data);
}

/// Lets go of `content` once it is parsed: models are large, and their weights are copied once more.
Result<Model> read_model(const std::filesystem::path& path, std::string content, ExternalData external) {
  if (auto ok = check_content(content); !ok) return failed(ok);
  onnx::ModelProto proto;
  if (!proto.ParseFromArray(content.data(), static_cast<int>(content.size()))) {
    return fail(Cause::InvalidInput, "is not an ONNX model, or is truncated");
  }
  if (auto ok = check_header(proto); !ok) return failed(ok);
  const auto opset = opset_of(proto);
  if (!opset) return failed(opset);

  Model model{.path = path, .source_opset = *opset, .ir_version = proto.ir_version()};
  model.hash = sha256(std::as_bytes(std::span(content)));
  model.bytes = content.size();
  std::string().swap(content);
  if (auto ok = inline_functions(proto, *opset); !ok) return failed(ok);
  if (auto ok = take_known_branches(*proto.mutable_graph(), *opset, external); !ok) return failed(ok);
  auto graph = graph_from(proto.graph(), *opset, external);
  if (!graph) return failed(graph);
  note_repeated_outputs(model, proto.graph());
  const bool sorted = in_order(*graph);
  auto formed = well_formed(std::move(*graph));
  if (!formed) return failed(formed);
  if (auto ok = run_checker(model, proto, sorted, !external.files().empty()); !ok) {
    return failed(ok);
  }
  if (auto ok = identify(model, external); !ok) return failed(ok);
  auto upgrade = upgraded(std::move(*formed));
  if (!upgrade) return failed(upgrade);
  auto expanded = expand_operators(std::move(*upgrade));
  if (!expanded) return failed(expanded);
  for (const auto& node : expanded->nodes) {
    if (auto ok = check_arity(node, expanded->opset); !ok) return failed(ok);
  }
  model.graph = std::move(*expanded);
  return model;
}

}  // namespace

Result<Model> load_model(const std::filesystem::path& path) {
  auto content = file_content(path);
  if (!content) return failed(content);
  ExternalData external(path.has_parent_path() ? path.parent_path() : std::filesystem::path("."));
  auto model = read_model(path, std::move(*content), std::move(external));
  if (!model) return failed(model, path.string());
  return model;
}

Result<Model> parsed_model(std::string content) { return read_model({}, std::move(content), ExternalData({})); }

}  // namespace quantrail
