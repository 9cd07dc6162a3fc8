#include "config/config.h"

#include "base/files.h"
#include "config/json.h"
#include "config/origins.h"
#include "config/overrides.h"
#include "config/parse.h"
#include "config/section.h"

namespace quantrail {
namespace {

void parse_model(const Section& model, const std::filesystem::path& folder, Config& out) {
  out.model = parse_path(model, "model", folder);
  if (!model.has("model")) model.report("model", "missing: the path of an ONNX file");
  out.model_name = model.text("model_name", out.model.stem().string());
}

constexpr std::uint64_t kLargestConfig = 16U << 20U;  // bytes; a file that never ends must not be read for ever

}  // namespace

Result<Config> parse_config(const std::string& text, const std::filesystem::path& folder, const std::string& name,
                            const std::vector<std::string>& overrides) {
  auto written = parse_json(text);
  if (!written) return failed(written, name);
  const auto document = with_overrides(*written, overrides);
  if (!document) return failed(document, name);
  Findings findings;
  const Section root(&*document, "", "root", findings);
  Config config;
  config.source = name;
  parse_model(root.child("model"), folder, config);
  config.engine = parse_engine(root.child("engine"), folder);
  config.compression = parse_compression(root.child("compression"), config.engine.metrics);
  if (findings.error) return failed(Result<Config>(tl::unexpected<Error>(*findings.error)), name);
  auto effective = effective_text(config);
  if (!effective) return failed(effective, name);
  config.effective_json = std::move(*effective);
  config.origins = origins_of(*written, *document);
  config.notes = std::move(findings.notes);
  return config;
}

Result<Config> load_config(const std::filesystem::path& path, const std::vector<std::string>& overrides) {
  const auto text = read_file(path, kLargestConfig);
  if (!text) return failed(text);
  auto config = parse_config(*text, path.parent_path().empty() ? "." : path.parent_path(), path.string(), overrides);
  if (config) config->source = path;
  return config;
}

}  // namespace quantrail
