// Written by ajv for `npm run generated` (src/generator/validators.ts); do not edit by hand.
exports["c929a92755f683b0aa3095c52f569728"] = function isConfig() {
const module = {};
"use strict";
module.exports = validate10;
module.exports.default = validate10;
const schema11 = {"type":"object","properties":{"port":{"type":"integer","minimum":0,"maximum":65535},"host":{"type":"string","pattern":"^[A-Za-z0-9._:-]+$"},"databaseUrl":{"type":"string","pattern":"^(sqlite:.+|postgres(ql)?://.+)$"},"databaseReadUrl":{"type":"string","pattern":"^postgres(ql)?://.+$"},"auth":{"type":"string","enum":["sandbox","oauth"]},"issuers":{"type":"string"},"clients":{"type":"string"},"signingKeys":{"type":"string"},"tlsCertificate":{"type":"string"},"tlsKey":{"type":"string"},"logLevel":{"type":"string","enum":["silent","fatal","error","warn","info","debug","trace"]},"serverTable":{"type":"string"},"policy":{"type":"string"},"clockInterval":{"type":"integer","minimum":0,"maximum":3600},"idempotencyHours":{"type":"integer","minimum":1,"maximum":8760},"packages":{"type":"string"},"baseUrl":{"type":"string","pattern":"^https?://[^\\s/?#]+(/[^\\s?#]*)?$"},"terminologyUrl":{"type":"string","pattern":"^https?://[^\\s/?#]+(/[^\\s?#]*)?$"},"privateHosts":{"type":"string","pattern":"^[A-Za-z0-9._:-]+(\\s*,\\s*[A-Za-z0-9._:-]+)*$"},"tracesEndpoint":{"type":"string","pattern":"^https?://[^\\s/?#]+(/[^\\s?#]*)?$"},"corsOrigins":{"type":"string","pattern":"^(\\*|https?://[^\\s/?#,]+(\\s*,\\s*https?://[^\\s/?#,]+)*)$"},"bodyLimit":{"type":"integer","minimum":1024,"maximum":104857600},"bundleEntryLimit":{"type":"integer","minimum":1,"maximum":10000},"jsonDepthLimit":{"type":"integer","minimum":8,"maximum":1000},"searchDefaultCount":{"type":"integer","minimum":1,"maximum":1000},"searchMaxCount":{"type":"integer","minimum":1,"maximum":1000},"pollLimit":{"type":"integer","minimum":0,"maximum":1000000},"requestRate":{"type":"integer","minimum":0,"maximum":10000000},"waitLimit":{"type":"integer","minimum":0,"maximum":300},"waitingLimit":{"type":"integer","minimum":0,"maximum":100000},"waitingPerOrganization":{"type":"integer","minimum":0,"maximum":100000},"pageLinkLifetime":{"type":"integer","minimum":1,"maximum":86400},"tokenLifetime":{"type":"integer","minimum":1,"maximum":86400},"requestLimit":{"type":"integer","minimum":1,"maximum":100000},"bodyMemory":{"type":"integer","minimum":1024,"maximum":4294967296},"answerMemory":{"type":"integer","minimum":1024,"maximum":4294967296},"connectionLimit":{"type":"integer","minimum":1,"maximum":1000000},"headersTimeout":{"type":"integer","minimum":1,"maximum":3600},"requestTimeout":{"type":"integer","minimum":1,"maximum":3600},"connectionTimeout":{"type":"integer","minimum":1,"maximum":3600},"answerTimeout":{"type":"integer","minimum":1,"maximum":3600},"keepAliveTimeout":{"type":"integer","minimum":1,"maximum":3600},"shutdownTimeout":{"type":"integer","minimum":1,"maximum":600}}};
const pattern0 = new RegExp("^[A-Za-z0-9._:-]+$", "u");
const pattern1 = new RegExp("^(sqlite:.+|postgres(ql)?://.+)$", "u");
const pattern2 = new RegExp("^postgres(ql)?://.+$", "u");
const pattern3 = new RegExp("^https?://[^\\s/?#]+(/[^\\s?#]*)?$", "u");
const pattern5 = new RegExp("^[A-Za-z0-9._:-]+(\\s*,\\s*[A-Za-z0-9._:-]+)*$", "u");
const pattern7 = new RegExp("^(\\*|https?://[^\\s/?#,]+(\\s*,\\s*https?://[^\\s/?#,]+)*)$", "u");

function validate10(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.port !== undefined){
let data0 = data.port;
if(!(((typeof data0 == "number") && (!(data0 % 1) && !isNaN(data0))) && (isFinite(data0)))){
let dataType0 = typeof data0;
let coerced0 = undefined;
if(!(coerced0 !== undefined)){
if(dataType0 === "boolean" || data0 === null
              || (dataType0 === "string" && data0 && data0 == +data0 && !(data0 % 1))){
coerced0 = +data0;
}
else {
const err0 = {instancePath:instancePath+"/port",schemaPath:"#/properties/port/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
}
if(coerced0 !== undefined){
data0 = coerced0;
if(data !== undefined){
data["port"] = coerced0;
}
}
}
if((typeof data0 == "number") && (isFinite(data0))){
if(data0 > 65535 || isNaN(data0)){
const err1 = {instancePath:instancePath+"/port",schemaPath:"#/properties/port/maximum",keyword:"maximum",params:{comparison: "<=", limit: 65535},message:"must be <= 65535"};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
if(data0 < 0 || isNaN(data0)){
const err2 = {instancePath:instancePath+"/port",schemaPath:"#/properties/port/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0"};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
}
if(data.host !== undefined){
let data1 = data.host;
if(typeof data1 !== "string"){
let dataType1 = typeof data1;
let coerced1 = undefined;
if(!(coerced1 !== undefined)){
if(dataType1 == "number" || dataType1 == "boolean"){
coerced1 = "" + data1;
}
else if(data1 === null){
coerced1 = "";
}
else {
const err3 = {instancePath:instancePath+"/host",schemaPath:"#/properties/host/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
}
if(coerced1 !== undefined){
data1 = coerced1;
if(data !== undefined){
data["host"] = coerced1;
}
}
}
if(typeof data1 === "string"){
if(!pattern0.test(data1)){
const err4 = {instancePath:instancePath+"/host",schemaPath:"#/properties/host/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9._:-]+$"},message:"must match pattern \""+"^[A-Za-z0-9._:-]+$"+"\""};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
}
if(data.databaseUrl !== undefined){
let data2 = data.databaseUrl;
if(typeof data2 !== "string"){
let dataType2 = typeof data2;
let coerced2 = undefined;
if(!(coerced2 !== undefined)){
if(dataType2 == "number" || dataType2 == "boolean"){
coerced2 = "" + data2;
}
else if(data2 === null){
coerced2 = "";
}
else {
const err5 = {instancePath:instancePath+"/databaseUrl",schemaPath:"#/properties/databaseUrl/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
if(coerced2 !== undefined){
data2 = coerced2;
if(data !== undefined){
data["databaseUrl"] = coerced2;
}
}
}
if(typeof data2 === "string"){
if(!pattern1.test(data2)){
const err6 = {instancePath:instancePath+"/databaseUrl",schemaPath:"#/properties/databaseUrl/pattern",keyword:"pattern",params:{pattern: "^(sqlite:.+|postgres(ql)?://.+)$"},message:"must match pattern \""+"^(sqlite:.+|postgres(ql)?://.+)$"+"\""};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
}
if(data.databaseReadUrl !== undefined){
let data3 = data.databaseReadUrl;
if(typeof data3 !== "string"){
let dataType3 = typeof data3;
let coerced3 = undefined;
if(!(coerced3 !== undefined)){
if(dataType3 == "number" || dataType3 == "boolean"){
coerced3 = "" + data3;
}
else if(data3 === null){
coerced3 = "";
}
else {
const err7 = {instancePath:instancePath+"/databaseReadUrl",schemaPath:"#/properties/databaseReadUrl/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
}
if(coerced3 !== undefined){
data3 = coerced3;
if(data !== undefined){
data["databaseReadUrl"] = coerced3;
}
}
}
if(typeof data3 === "string"){
if(!pattern2.test(data3)){
const err8 = {instancePath:instancePath+"/databaseReadUrl",schemaPath:"#/properties/databaseReadUrl/pattern",keyword:"pattern",params:{pattern: "^postgres(ql)?://.+$"},message:"must match pattern \""+"^postgres(ql)?://.+$"+"\""};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
}
if(data.auth !== undefined){
let data4 = data.auth;
if(typeof data4 !== "string"){
let dataType4 = typeof data4;
let coerced4 = undefined;
if(!(coerced4 !== undefined)){
if(dataType4 == "number" || dataType4 == "boolean"){
coerced4 = "" + data4;
}
else if(data4 === null){
coerced4 = "";
}
else {
const err9 = {instancePath:instancePath+"/auth",schemaPath:"#/properties/auth/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
}
if(coerced4 !== undefined){
data4 = coerced4;
if(data !== undefined){
data["auth"] = coerced4;
}
}
}
if(!((data4 === "sandbox") || (data4 === "oauth"))){
const err10 = {instancePath:instancePath+"/auth",schemaPath:"#/properties/auth/enum",keyword:"enum",params:{allowedValues: schema11.properties.auth.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
}
if(data.issuers !== undefined){
let data5 = data.issuers;
if(typeof data5 !== "string"){
let dataType5 = typeof data5;
let coerced5 = undefined;
if(!(coerced5 !== undefined)){
if(dataType5 == "number" || dataType5 == "boolean"){
coerced5 = "" + data5;
}
else if(data5 === null){
coerced5 = "";
}
else {
const err11 = {instancePath:instancePath+"/issuers",schemaPath:"#/properties/issuers/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
}
if(coerced5 !== undefined){
data5 = coerced5;
if(data !== undefined){
data["issuers"] = coerced5;
}
}
}
}
if(data.clients !== undefined){
let data6 = data.clients;
if(typeof data6 !== "string"){
let dataType6 = typeof data6;
let coerced6 = undefined;
if(!(coerced6 !== undefined)){
if(dataType6 == "number" || dataType6 == "boolean"){
coerced6 = "" + data6;
}
else if(data6 === null){
coerced6 = "";
}
else {
const err12 = {instancePath:instancePath+"/clients",schemaPath:"#/properties/clients/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
}
if(coerced6 !== undefined){
data6 = coerced6;
if(data !== undefined){
data["clients"] = coerced6;
}
}
}
}
if(data.signingKeys !== undefined){
let data7 = data.signingKeys;
if(typeof data7 !== "string"){
let dataType7 = typeof data7;
let coerced7 = undefined;
if(!(coerced7 !== undefined)){
if(dataType7 == "number" || dataType7 == "boolean"){
coerced7 = "" + data7;
}
else if(data7 === null){
coerced7 = "";
}
else {
const err13 = {instancePath:instancePath+"/signingKeys",schemaPath:"#/properties/signingKeys/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
}
if(coerced7 !== undefined){
data7 = coerced7;
if(data !== undefined){
data["signingKeys"] = coerced7;
}
}
}
}
if(data.tlsCertificate !== undefined){
let data8 = data.tlsCertificate;
if(typeof data8 !== "string"){
let dataType8 = typeof data8;
let coerced8 = undefined;
if(!(coerced8 !== undefined)){
if(dataType8 == "number" || dataType8 == "boolean"){
coerced8 = "" + data8;
}
else if(data8 === null){
coerced8 = "";
}
else {
const err14 = {instancePath:instancePath+"/tlsCertificate",schemaPath:"#/properties/tlsCertificate/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
}
if(coerced8 !== undefined){
data8 = coerced8;
if(data !== undefined){
data["tlsCertificate"] = coerced8;
}
}
}
}
if(data.tlsKey !== undefined){
let data9 = data.tlsKey;
if(typeof data9 !== "string"){
let dataType9 = typeof data9;
let coerced9 = undefined;
if(!(coerced9 !== undefined)){
if(dataType9 == "number" || dataType9 == "boolean"){
coerced9 = "" + data9;
}
else if(data9 === null){
coerced9 = "";
}
else {
const err15 = {instancePath:instancePath+"/tlsKey",schemaPath:"#/properties/tlsKey/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
}
if(coerced9 !== undefined){
data9 = coerced9;
if(data !== undefined){
data["tlsKey"] = coerced9;
}
}
}
}
if(data.logLevel !== undefined){
let data10 = data.logLevel;
if(typeof data10 !== "string"){
let dataType10 = typeof data10;
let coerced10 = undefined;
if(!(coerced10 !== undefined)){
if(dataType10 == "number" || dataType10 == "boolean"){
coerced10 = "" + data10;
}
else if(data10 === null){
coerced10 = "";
}
else {
const err16 = {instancePath:instancePath+"/logLevel",schemaPath:"#/properties/logLevel/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
}
if(coerced10 !== undefined){
data10 = coerced10;
if(data !== undefined){
data["logLevel"] = coerced10;
}
}
}
if(!(((((((data10 === "silent") || (data10 === "fatal")) || (data10 === "error")) || (data10 === "warn")) || (data10 === "info")) || (data10 === "debug")) || (data10 === "trace"))){
const err17 = {instancePath:instancePath+"/logLevel",schemaPath:"#/properties/logLevel/enum",keyword:"enum",params:{allowedValues: schema11.properties.logLevel.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
}
if(data.serverTable !== undefined){
let data11 = data.serverTable;
if(typeof data11 !== "string"){
let dataType11 = typeof data11;
let coerced11 = undefined;
if(!(coerced11 !== undefined)){
if(dataType11 == "number" || dataType11 == "boolean"){
coerced11 = "" + data11;
}
else if(data11 === null){
coerced11 = "";
}
else {
const err18 = {instancePath:instancePath+"/serverTable",schemaPath:"#/properties/serverTable/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
}
if(coerced11 !== undefined){
data11 = coerced11;
if(data !== undefined){
data["serverTable"] = coerced11;
}
}
}
}
if(data.policy !== undefined){
let data12 = data.policy;
if(typeof data12 !== "string"){
let dataType12 = typeof data12;
let coerced12 = undefined;
if(!(coerced12 !== undefined)){
if(dataType12 == "number" || dataType12 == "boolean"){
coerced12 = "" + data12;
}
else if(data12 === null){
coerced12 = "";
}
else {
const err19 = {instancePath:instancePath+"/policy",schemaPath:"#/properties/policy/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
}
if(coerced12 !== undefined){
data12 = coerced12;
if(data !== undefined){
data["policy"] = coerced12;
}
}
}
}
if(data.clockInterval !== undefined){
let data13 = data.clockInterval;
if(!(((typeof data13 == "number") && (!(data13 % 1) && !isNaN(data13))) && (isFinite(data13)))){
let dataType13 = typeof data13;
let coerced13 = undefined;
if(!(coerced13 !== undefined)){
if(dataType13 === "boolean" || data13 === null
              || (dataType13 === "string" && data13 && data13 == +data13 && !(data13 % 1))){
coerced13 = +data13;
}
else {
const err20 = {instancePath:instancePath+"/clockInterval",schemaPath:"#/properties/clockInterval/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
}
if(coerced13 !== undefined){
data13 = coerced13;
if(data !== undefined){
data["clockInterval"] = coerced13;
}
}
}
if((typeof data13 == "number") && (isFinite(data13))){
if(data13 > 3600 || isNaN(data13)){
const err21 = {instancePath:instancePath+"/clockInterval",schemaPath:"#/properties/clockInterval/maximum",keyword:"maximum",params:{comparison: "<=", limit: 3600},message:"must be <= 3600"};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
if(data13 < 0 || isNaN(data13)){
const err22 = {instancePath:instancePath+"/clockInterval",schemaPath:"#/properties/clockInterval/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0"};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
}
}
if(data.idempotencyHours !== undefined){
let data14 = data.idempotencyHours;
if(!(((typeof data14 == "number") && (!(data14 % 1) && !isNaN(data14))) && (isFinite(data14)))){
let dataType14 = typeof data14;
let coerced14 = undefined;
if(!(coerced14 !== undefined)){
if(dataType14 === "boolean" || data14 === null
              || (dataType14 === "string" && data14 && data14 == +data14 && !(data14 % 1))){
coerced14 = +data14;
}
else {
const err23 = {instancePath:instancePath+"/idempotencyHours",schemaPath:"#/properties/idempotencyHours/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
}
if(coerced14 !== undefined){
data14 = coerced14;
if(data !== undefined){
data["idempotencyHours"] = coerced14;
}
}
}
if((typeof data14 == "number") && (isFinite(data14))){
if(data14 > 8760 || isNaN(data14)){
const err24 = {instancePath:instancePath+"/idempotencyHours",schemaPath:"#/properties/idempotencyHours/maximum",keyword:"maximum",params:{comparison: "<=", limit: 8760},message:"must be <= 8760"};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
if(data14 < 1 || isNaN(data14)){
const err25 = {instancePath:instancePath+"/idempotencyHours",schemaPath:"#/properties/idempotencyHours/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1"};
if(vErrors === null){
vErrors = [err25];
}
else {
vErrors.push(err25);
}
errors++;
}
}
}
if(data.packages !== undefined){
let data15 = data.packages;
if(typeof data15 !== "string"){
let dataType15 = typeof data15;
let coerced15 = undefined;
if(!(coerced15 !== undefined)){
if(dataType15 == "number" || dataType15 == "boolean"){
coerced15 = "" + data15;
}
else if(data15 === null){
coerced15 = "";
}
else {
const err26 = {instancePath:instancePath+"/packages",schemaPath:"#/properties/packages/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err26];
}
else {
vErrors.push(err26);
}
errors++;
}
}
if(coerced15 !== undefined){
data15 = coerced15;
if(data !== undefined){
data["packages"] = coerced15;
}
}
}
}
if(data.baseUrl !== undefined){
let data16 = data.baseUrl;
if(typeof data16 !== "string"){
let dataType16 = typeof data16;
let coerced16 = undefined;
if(!(coerced16 !== undefined)){
if(dataType16 == "number" || dataType16 == "boolean"){
coerced16 = "" + data16;
}
else if(data16 === null){
coerced16 = "";
}
else {
const err27 = {instancePath:instancePath+"/baseUrl",schemaPath:"#/properties/baseUrl/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err27];
}
else {
vErrors.push(err27);
}
errors++;
}
}
if(coerced16 !== undefined){
data16 = coerced16;
if(data !== undefined){
data["baseUrl"] = coerced16;
}
}
}
if(typeof data16 === "string"){
if(!pattern3.test(data16)){
const err28 = {instancePath:instancePath+"/baseUrl",schemaPath:"#/properties/baseUrl/pattern",keyword:"pattern",params:{pattern: "^https?://[^\\s/?#]+(/[^\\s?#]*)?$"},message:"must match pattern \""+"^https?://[^\\s/?#]+(/[^\\s?#]*)?$"+"\""};
if(vErrors === null){
vErrors = [err28];
}
else {
vErrors.push(err28);
}
errors++;
}
}
}
if(data.terminologyUrl !== undefined){
let data17 = data.terminologyUrl;
if(typeof data17 !== "string"){
let dataType17 = typeof data17;
let coerced17 = undefined;
if(!(coerced17 !== undefined)){
if(dataType17 == "number" || dataType17 == "boolean"){
coerced17 = "" + data17;
}
else if(data17 === null){
coerced17 = "";
}
else {
const err29 = {instancePath:instancePath+"/terminologyUrl",schemaPath:"#/properties/terminologyUrl/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err29];
}
else {
vErrors.push(err29);
}
errors++;
}
}
if(coerced17 !== undefined){
data17 = coerced17;
if(data !== undefined){
data["terminologyUrl"] = coerced17;
}
}
}
if(typeof data17 === "string"){
if(!pattern3.test(data17)){
const err30 = {instancePath:instancePath+"/terminologyUrl",schemaPath:"#/properties/terminologyUrl/pattern",keyword:"pattern",params:{pattern: "^https?://[^\\s/?#]+(/[^\\s?#]*)?$"},message:"must match pattern \""+"^https?://[^\\s/?#]+(/[^\\s?#]*)?$"+"\""};
if(vErrors === null){
vErrors = [err30];
}
else {
vErrors.push(err30);
}
errors++;
}
}
}
if(data.privateHosts !== undefined){
let data18 = data.privateHosts;
if(typeof data18 !== "string"){
let dataType18 = typeof data18;
let coerced18 = undefined;
if(!(coerced18 !== undefined)){
if(dataType18 == "number" || dataType18 == "boolean"){
coerced18 = "" + data18;
}
else if(data18 === null){
coerced18 = "";
}
else {
const err31 = {instancePath:instancePath+"/privateHosts",schemaPath:"#/properties/privateHosts/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err31];
}
else {
vErrors.push(err31);
}
errors++;
}
}
if(coerced18 !== undefined){
data18 = coerced18;
if(data !== undefined){
data["privateHosts"] = coerced18;
}
}
}
if(typeof data18 === "string"){
if(!pattern5.test(data18)){
const err32 = {instancePath:instancePath+"/privateHosts",schemaPath:"#/properties/privateHosts/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9._:-]+(\\s*,\\s*[A-Za-z0-9._:-]+)*$"},message:"must match pattern \""+"^[A-Za-z0-9._:-]+(\\s*,\\s*[A-Za-z0-9._:-]+)*$"+"\""};
if(vErrors === null){
vErrors = [err32];
}
else {
vErrors.push(err32);
}
errors++;
}
}
}
if(data.tracesEndpoint !== undefined){
let data19 = data.tracesEndpoint;
if(typeof data19 !== "string"){
let dataType19 = typeof data19;
let coerced19 = undefined;
if(!(coerced19 !== undefined)){
if(dataType19 == "number" || dataType19 == "boolean"){
coerced19 = "" + data19;
}
else if(data19 === null){
coerced19 = "";
}
else {
const err33 = {instancePath:instancePath+"/tracesEndpoint",schemaPath:"#/properties/tracesEndpoint/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err33];
}
else {
vErrors.push(err33);
}
errors++;
}
}
if(coerced19 !== undefined){
data19 = coerced19;
if(data !== undefined){
data["tracesEndpoint"] = coerced19;
}
}
}
if(typeof data19 === "string"){
if(!pattern3.test(data19)){
const err34 = {instancePath:instancePath+"/tracesEndpoint",schemaPath:"#/properties/tracesEndpoint/pattern",keyword:"pattern",params:{pattern: "^https?://[^\\s/?#]+(/[^\\s?#]*)?$"},message:"must match pattern \""+"^https?://[^\\s/?#]+(/[^\\s?#]*)?$"+"\""};
if(vErrors === null){
vErrors = [err34];
}
else {
vErrors.push(err34);
}
errors++;
}
}
}
if(data.corsOrigins !== undefined){
let data20 = data.corsOrigins;
if(typeof data20 !== "string"){
let dataType20 = typeof data20;
let coerced20 = undefined;
if(!(coerced20 !== undefined)){
if(dataType20 == "number" || dataType20 == "boolean"){
coerced20 = "" + data20;
}
else if(data20 === null){
coerced20 = "";
}
else {
const err35 = {instancePath:instancePath+"/corsOrigins",schemaPath:"#/properties/corsOrigins/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err35];
}
else {
vErrors.push(err35);
}
errors++;
}
}
if(coerced20 !== undefined){
data20 = coerced20;
if(data !== undefined){
data["corsOrigins"] = coerced20;
}
}
}
if(typeof data20 === "string"){
if(!pattern7.test(data20)){
const err36 = {instancePath:instancePath+"/corsOrigins",schemaPath:"#/properties/corsOrigins/pattern",keyword:"pattern",params:{pattern: "^(\\*|https?://[^\\s/?#,]+(\\s*,\\s*https?://[^\\s/?#,]+)*)$"},message:"must match pattern \""+"^(\\*|https?://[^\\s/?#,]+(\\s*,\\s*https?://[^\\s/?#,]+)*)$"+"\""};
if(vErrors === null){
vErrors = [err36];
}
else {
vErrors.push(err36);
}
errors++;
}
}
}
if(data.bodyLimit !== undefined){
let data21 = data.bodyLimit;
if(!(((typeof data21 == "number") && (!(data21 % 1) && !isNaN(data21))) && (isFinite(data21)))){
let dataType21 = typeof data21;
let coerced21 = undefined;
if(!(coerced21 !== undefined)){
if(dataType21 === "boolean" || data21 === null
              || (dataType21 === "string" && data21 && data21 == +data21 && !(data21 % 1))){
coerced21 = +data21;
}
else {
const err37 = {instancePath:instancePath+"/bodyLimit",schemaPath:"#/properties/bodyLimit/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err37];
}
else {
vErrors.push(err37);
}
errors++;
}
}
if(coerced21 !== undefined){
data21 = coerced21;
if(data !== undefined){
data["bodyLimit"] = coerced21;
}
}
}
if((typeof data21 == "number") && (isFinite(data21))){
if(data21 > 104857600 || isNaN(data21)){
const err38 = {instancePath:instancePath+"/bodyLimit",schemaPath:"#/properties/bodyLimit/maximum",keyword:"maximum",params:{comparison: "<=", limit: 104857600},message:"must be <= 104857600"};
if(vErrors === null){
vErrors = [err38];
}
else {
vErrors.push(err38);
}
errors++;
}
if(data21 < 1024 || isNaN(data21)){
const err39 = {instancePath:instancePath+"/bodyLimit",schemaPath:"#/properties/bodyLimit/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1024},message:"must be >= 1024"};
if(vErrors === null){
vErrors = [err39];
}
else {
vErrors.push(err39);
}
errors++;
}
}
}
if(data.bundleEntryLimit !== undefined){
let data22 = data.bundleEntryLimit;
if(!(((typeof data22 == "number") && (!(data22 % 1) && !isNaN(data22))) && (isFinite(data22)))){
let dataType22 = typeof data22;
let coerced22 = undefined;
if(!(coerced22 !== undefined)){
if(dataType22 === "boolean" || data22 === null
              || (dataType22 === "string" && data22 && data22 == +data22 && !(data22 % 1))){
coerced22 = +data22;
}
else {
const err40 = {instancePath:instancePath+"/bundleEntryLimit",schemaPath:"#/properties/bundleEntryLimit/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err40];
}
else {
vErrors.push(err40);
}
errors++;
}
}
if(coerced22 !== undefined){
data22 = coerced22;
if(data !== undefined){
data["bundleEntryLimit"] = coerced22;
}
}
}
if((typeof data22 == "number") && (isFinite(data22))){
if(data22 > 10000 || isNaN(data22)){
const err41 = {instancePath:instancePath+"/bundleEntryLimit",schemaPath:"#/properties/bundleEntryLimit/maximum",keyword:"maximum",params:{comparison: "<=", limit: 10000},message:"must be <= 10000"};
if(vErrors === null){
vErrors = [err41];
}
else {
vErrors.push(err41);
}
errors++;
}
if(data22 < 1 || isNaN(data22)){
const err42 = {instancePath:instancePath+"/bundleEntryLimit",schemaPath:"#/properties/bundleEntryLimit/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1"};
if(vErrors === null){
vErrors = [err42];
}
else {
vErrors.push(err42);
}
errors++;
}
}
}
if(data.jsonDepthLimit !== undefined){
let data23 = data.jsonDepthLimit;
if(!(((typeof data23 == "number") && (!(data23 % 1) && !isNaN(data23))) && (isFinite(data23)))){
let dataType23 = typeof data23;
let coerced23 = undefined;
if(!(coerced23 !== undefined)){
if(dataType23 === "boolean" || data23 === null
              || (dataType23 === "string" && data23 && data23 == +data23 && !(data23 % 1))){
coerced23 = +data23;
}
else {
const err43 = {instancePath:instancePath+"/jsonDepthLimit",schemaPath:"#/properties/jsonDepthLimit/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err43];
}
else {
vErrors.push(err43);
}
errors++;
}
}
if(coerced23 !== undefined){
data23 = coerced23;
if(data !== undefined){
data["jsonDepthLimit"] = coerced23;
}
}
}
if((typeof data23 == "number") && (isFinite(data23))){
if(data23 > 1000 || isNaN(data23)){
const err44 = {instancePath:instancePath+"/jsonDepthLimit",schemaPath:"#/properties/jsonDepthLimit/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1000},message:"must be <= 1000"};
if(vErrors === null){
vErrors = [err44];
}
else {
vErrors.push(err44);
}
errors++;
}
if(data23 < 8 || isNaN(data23)){
const err45 = {instancePath:instancePath+"/jsonDepthLimit",schemaPath:"#/properties/jsonDepthLimit/minimum",keyword:"minimum",params:{comparison: ">=", limit: 8},message:"must be >= 8"};
if(vErrors === null){
vErrors = [err45];
}
else {
vErrors.push(err45);
}
errors++;
}
}
}
if(data.searchDefaultCount !== undefined){
let data24 = data.searchDefaultCount;
if(!(((typeof data24 == "number") && (!(data24 % 1) && !isNaN(data24))) && (isFinite(data24)))){
let dataType24 = typeof data24;
let coerced24 = undefined;
if(!(coerced24 !== undefined)){
if(dataType24 === "boolean" || data24 === null
              || (dataType24 === "string" && data24 && data24 == +data24 && !(data24 % 1))){
coerced24 = +data24;
}
else {
const err46 = {instancePath:instancePath+"/searchDefaultCount",schemaPath:"#/properties/searchDefaultCount/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err46];
}
else {
vErrors.push(err46);
}
errors++;
}
}
if(coerced24 !== undefined){
data24 = coerced24;
if(data !== undefined){
data["searchDefaultCount"] = coerced24;
}
}
}
if((typeof data24 == "number") && (isFinite(data24))){
if(data24 > 1000 || isNaN(data24)){
const err47 = {instancePath:instancePath+"/searchDefaultCount",schemaPath:"#/properties/searchDefaultCount/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1000},message:"must be <= 1000"};
if(vErrors === null){
vErrors = [err47];
}
else {
vErrors.push(err47);
}
errors++;
}
if(data24 < 1 || isNaN(data24)){
const err48 = {instancePath:instancePath+"/searchDefaultCount",schemaPath:"#/properties/searchDefaultCount/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1"};
if(vErrors === null){
vErrors = [err48];
}
else {
vErrors.push(err48);
}
errors++;
}
}
}
if(data.searchMaxCount !== undefined){
let data25 = data.searchMaxCount;
if(!(((typeof data25 == "number") && (!(data25 % 1) && !isNaN(data25))) && (isFinite(data25)))){
let dataType25 = typeof data25;
let coerced25 = undefined;
if(!(coerced25 !== undefined)){
if(dataType25 === "boolean" || data25 === null
              || (dataType25 === "string" && data25 && data25 == +data25 && !(data25 % 1))){
coerced25 = +data25;
}
else {
const err49 = {instancePath:instancePath+"/searchMaxCount",schemaPath:"#/properties/searchMaxCount/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err49];
}
else {
vErrors.push(err49);
}
errors++;
}
}
if(coerced25 !== undefined){
data25 = coerced25;
if(data !== undefined){
data["searchMaxCount"] = coerced25;
}
}
}
if((typeof data25 == "number") && (isFinite(data25))){
if(data25 > 1000 || isNaN(data25)){
const err50 = {instancePath:instancePath+"/searchMaxCount",schemaPath:"#/properties/searchMaxCount/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1000},message:"must be <= 1000"};
if(vErrors === null){
vErrors = [err50];
}
else {
vErrors.push(err50);
}
errors++;
}
if(data25 < 1 || isNaN(data25)){
const err51 = {instancePath:instancePath+"/searchMaxCount",schemaPath:"#/properties/searchMaxCount/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1"};
if(vErrors === null){
vErrors = [err51];
}
else {
vErrors.push(err51);
}
errors++;
}
}
}
if(data.pollLimit !== undefined){
let data26 = data.pollLimit;
if(!(((typeof data26 == "number") && (!(data26 % 1) && !isNaN(data26))) && (isFinite(data26)))){
let dataType26 = typeof data26;
let coerced26 = undefined;
if(!(coerced26 !== undefined)){
if(dataType26 === "boolean" || data26 === null
              || (dataType26 === "string" && data26 && data26 == +data26 && !(data26 % 1))){
coerced26 = +data26;
}
else {
const err52 = {instancePath:instancePath+"/pollLimit",schemaPath:"#/properties/pollLimit/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err52];
}
else {
vErrors.push(err52);
}
errors++;
}
}
if(coerced26 !== undefined){
data26 = coerced26;
if(data !== undefined){
data["pollLimit"] = coerced26;
}
}
}
if((typeof data26 == "number") && (isFinite(data26))){
if(data26 > 1000000 || isNaN(data26)){
const err53 = {instancePath:instancePath+"/pollLimit",schemaPath:"#/properties/pollLimit/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1000000},message:"must be <= 1000000"};
if(vErrors === null){
vErrors = [err53];
}
else {
vErrors.push(err53);
}
errors++;
}
if(data26 < 0 || isNaN(data26)){
const err54 = {instancePath:instancePath+"/pollLimit",schemaPath:"#/properties/pollLimit/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0"};
if(vErrors === null){
vErrors = [err54];
}
else {
vErrors.push(err54);
}
errors++;
}
}
}
if(data.requestRate !== undefined){
let data27 = data.requestRate;
if(!(((typeof data27 == "number") && (!(data27 % 1) && !isNaN(data27))) && (isFinite(data27)))){
let dataType27 = typeof data27;
let coerced27 = undefined;
if(!(coerced27 !== undefined)){
if(dataType27 === "boolean" || data27 === null
              || (dataType27 === "string" && data27 && data27 == +data27 && !(data27 % 1))){
coerced27 = +data27;
}
else {
const err55 = {instancePath:instancePath+"/requestRate",schemaPath:"#/properties/requestRate/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err55];
}
else {
vErrors.push(err55);
}
errors++;
}
}
if(coerced27 !== undefined){
data27 = coerced27;
if(data !== undefined){
data["requestRate"] = coerced27;
}
}
}
if((typeof data27 == "number") && (isFinite(data27))){
if(data27 > 10000000 || isNaN(data27)){
const err56 = {instancePath:instancePath+"/requestRate",schemaPath:"#/properties/requestRate/maximum",keyword:"maximum",params:{comparison: "<=", limit: 10000000},message:"must be <= 10000000"};
if(vErrors === null){
vErrors = [err56];
}
else {
vErrors.push(err56);
}
errors++;
}
if(data27 < 0 || isNaN(data27)){
const err57 = {instancePath:instancePath+"/requestRate",schemaPath:"#/properties/requestRate/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0"};
if(vErrors === null){
vErrors = [err57];
}
else {
vErrors.push(err57);
}
errors++;
}
}
}
if(data.waitLimit !== undefined){
let data28 = data.waitLimit;
if(!(((typeof data28 == "number") && (!(data28 % 1) && !isNaN(data28))) && (isFinite(data28)))){
let dataType28 = typeof data28;
let coerced28 = undefined;
if(!(coerced28 !== undefined)){
if(dataType28 === "boolean" || data28 === null
              || (dataType28 === "string" && data28 && data28 == +data28 && !(data28 % 1))){
coerced28 = +data28;
}
else {
const err58 = {instancePath:instancePath+"/waitLimit",schemaPath:"#/properties/waitLimit/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err58];
}
else {
vErrors.push(err58);
}
errors++;
}
}
if(coerced28 !== undefined){
data28 = coerced28;
if(data !== undefined){
data["waitLimit"] = coerced28;
}
}
}
if((typeof data28 == "number") && (isFinite(data28))){
if(data28 > 300 || isNaN(data28)){
const err59 = {instancePath:instancePath+"/waitLimit",schemaPath:"#/properties/waitLimit/maximum",keyword:"maximum",params:{comparison: "<=", limit: 300},message:"must be <= 300"};
if(vErrors === null){
vErrors = [err59];
}
else {
vErrors.push(err59);
}
errors++;
}
if(data28 < 0 || isNaN(data28)){
const err60 = {instancePath:instancePath+"/waitLimit",schemaPath:"#/properties/waitLimit/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0"};
if(vErrors === null){
vErrors = [err60];
}
else {
vErrors.push(err60);
}
errors++;
}
}
}
if(data.waitingLimit !== undefined){
let data29 = data.waitingLimit;
if(!(((typeof data29 == "number") && (!(data29 % 1) && !isNaN(data29))) && (isFinite(data29)))){
let dataType29 = typeof data29;
let coerced29 = undefined;
if(!(coerced29 !== undefined)){
if(dataType29 === "boolean" || data29 === null
              || (dataType29 === "string" && data29 && data29 == +data29 && !(data29 % 1))){
coerced29 = +data29;
}
else {
const err61 = {instancePath:instancePath+"/waitingLimit",schemaPath:"#/properties/waitingLimit/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err61];
}
else {
vErrors.push(err61);
}
errors++;
}
}
if(coerced29 !== undefined){
data29 = coerced29;
if(data !== undefined){
data["waitingLimit"] = coerced29;
}
}
}
if((typeof data29 == "number") && (isFinite(data29))){
if(data29 > 100000 || isNaN(data29)){
const err62 = {instancePath:instancePath+"/waitingLimit",schemaPath:"#/properties/waitingLimit/maximum",keyword:"maximum",params:{comparison: "<=", limit: 100000},message:"must be <= 100000"};
if(vErrors === null){
vErrors = [err62];
}
else {
vErrors.push(err62);
}
errors++;
}
if(data29 < 0 || isNaN(data29)){
const err63 = {instancePath:instancePath+"/waitingLimit",schemaPath:"#/properties/waitingLimit/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0"};
if(vErrors === null){
vErrors = [err63];
}
else {
vErrors.push(err63);
}
errors++;
}
}
}
if(data.waitingPerOrganization !== undefined){
let data30 = data.waitingPerOrganization;
if(!(((typeof data30 == "number") && (!(data30 % 1) && !isNaN(data30))) && (isFinite(data30)))){
let dataType30 = typeof data30;
let coerced30 = undefined;
if(!(coerced30 !== undefined)){
if(dataType30 === "boolean" || data30 === null
              || (dataType30 === "string" && data30 && data30 == +data30 && !(data30 % 1))){
coerced30 = +data30;
}
else {
const err64 = {instancePath:instancePath+"/waitingPerOrganization",schemaPath:"#/properties/waitingPerOrganization/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err64];
}
else {
vErrors.push(err64);
}
errors++;
}
}
if(coerced30 !== undefined){
data30 = coerced30;
if(data !== undefined){
data["waitingPerOrganization"] = coerced30;
}
}
}
if((typeof data30 == "number") && (isFinite(data30))){
if(data30 > 100000 || isNaN(data30)){
const err65 = {instancePath:instancePath+"/waitingPerOrganization",schemaPath:"#/properties/waitingPerOrganization/maximum",keyword:"maximum",params:{comparison: "<=", limit: 100000},message:"must be <= 100000"};
if(vErrors === null){
vErrors = [err65];
}
else {
vErrors.push(err65);
}
errors++;
}
if(data30 < 0 || isNaN(data30)){
const err66 = {instancePath:instancePath+"/waitingPerOrganization",schemaPath:"#/properties/waitingPerOrganization/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0"};
if(vErrors === null){
vErrors = [err66];
}
else {
vErrors.push(err66);
}
errors++;
}
}
}
if(data.pageLinkLifetime !== undefined){
let data31 = data.pageLinkLifetime;
if(!(((typeof data31 == "number") && (!(data31 % 1) && !isNaN(data31))) && (isFinite(data31)))){
let dataType31 = typeof data31;
let coerced31 = undefined;
if(!(coerced31 !== undefined)){
if(dataType31 === "boolean" || data31 === null
              || (dataType31 === "string" && data31 && data31 == +data31 && !(data31 % 1))){
coerced31 = +data31;
}
else {
const err67 = {instancePath:instancePath+"/pageLinkLifetime",schemaPath:"#/properties/pageLinkLifetime/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err67];
}
else {
vErrors.push(err67);
}
errors++;
}
}
if(coerced31 !== undefined){
data31 = coerced31;
if(data !== undefined){
data["pageLinkLifetime"] = coerced31;
}
}
}
if((typeof data31 == "number") && (isFinite(data31))){
if(data31 > 86400 || isNaN(data31)){
const err68 = {instancePath:instancePath+"/pageLinkLifetime",schemaPath:"#/properties/pageLinkLifetime/maximum",keyword:"maximum",params:{comparison: "<=", limit: 86400},message:"must be <= 86400"};
if(vErrors === null){
vErrors = [err68];
}
else {
vErrors.push(err68);
}
errors++;
}
if(data31 < 1 || isNaN(data31)){
const err69 = {instancePath:instancePath+"/pageLinkLifetime",schemaPath:"#/properties/pageLinkLifetime/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1"};
if(vErrors === null){
vErrors = [err69];
}
else {
vErrors.push(err69);
}
errors++;
}
}
}
if(data.tokenLifetime !== undefined){
let data32 = data.tokenLifetime;
if(!(((typeof data32 == "number") && (!(data32 % 1) && !isNaN(data32))) && (isFinite(data32)))){
let dataType32 = typeof data32;
let coerced32 = undefined;
if(!(coerced32 !== undefined)){
if(dataType32 === "boolean" || data32 === null
              || (dataType32 === "string" && data32 && data32 == +data32 && !(data32 % 1))){
coerced32 = +data32;
}
else {
const err70 = {instancePath:instancePath+"/tokenLifetime",schemaPath:"#/properties/tokenLifetime/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err70];
}
else {
vErrors.push(err70);
}
errors++;
}
}
if(coerced32 !== undefined){
data32 = coerced32;
if(data !== undefined){
data["tokenLifetime"] = coerced32;
}
}
}
if((typeof data32 == "number") && (isFinite(data32))){
if(data32 > 86400 || isNaN(data32)){
const err71 = {instancePath:instancePath+"/tokenLifetime",schemaPath:"#/properties/tokenLifetime/maximum",keyword:"maximum",params:{comparison: "<=", limit: 86400},message:"must be <= 86400"};
if(vErrors === null){
vErrors = [err71];
}
else {
vErrors.push(err71);
}
errors++;
}
if(data32 < 1 || isNaN(data32)){
const err72 = {instancePath:instancePath+"/tokenLifetime",schemaPath:"#/properties/tokenLifetime/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1"};
if(vErrors === null){
vErrors = [err72];
}
else {
vErrors.push(err72);
}
errors++;
}
}
}
if(data.requestLimit !== undefined){
let data33 = data.requestLimit;
if(!(((typeof data33 == "number") && (!(data33 % 1) && !isNaN(data33))) && (isFinite(data33)))){
let dataType33 = typeof data33;
let coerced33 = undefined;
if(!(coerced33 !== undefined)){
if(dataType33 === "boolean" || data33 === null
              || (dataType33 === "string" && data33 && data33 == +data33 && !(data33 % 1))){
coerced33 = +data33;
}
else {
const err73 = {instancePath:instancePath+"/requestLimit",schemaPath:"#/properties/requestLimit/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err73];
}
else {
vErrors.push(err73);
}
errors++;
}
}
if(coerced33 !== undefined){
data33 = coerced33;
if(data !== undefined){
data["requestLimit"] = coerced33;
}
}
}
if((typeof data33 == "number") && (isFinite(data33))){
if(data33 > 100000 || isNaN(data33)){
const err74 = {instancePath:instancePath+"/requestLimit",schemaPath:"#/properties/requestLimit/maximum",keyword:"maximum",params:{comparison: "<=", limit: 100000},message:"must be <= 100000"};
if(vErrors === null){
vErrors = [err74];
}
else {
vErrors.push(err74);
}
errors++;
}
if(data33 < 1 || isNaN(data33)){
const err75 = {instancePath:instancePath+"/requestLimit",schemaPath:"#/properties/requestLimit/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1"};
if(vErrors === null){
vErrors = [err75];
}
else {
vErrors.push(err75);
}
errors++;
}
}
}
if(data.bodyMemory !== undefined){
let data34 = data.bodyMemory;
if(!(((typeof data34 == "number") && (!(data34 % 1) && !isNaN(data34))) && (isFinite(data34)))){
let dataType34 = typeof data34;
let coerced34 = undefined;
if(!(coerced34 !== undefined)){
if(dataType34 === "boolean" || data34 === null
              || (dataType34 === "string" && data34 && data34 == +data34 && !(data34 % 1))){
coerced34 = +data34;
}
else {
const err76 = {instancePath:instancePath+"/bodyMemory",schemaPath:"#/properties/bodyMemory/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err76];
}
else {
vErrors.push(err76);
}
errors++;
}
}
if(coerced34 !== undefined){
data34 = coerced34;
if(data !== undefined){
data["bodyMemory"] = coerced34;
}
}
}
if((typeof data34 == "number") && (isFinite(data34))){
if(data34 > 4294967296 || isNaN(data34)){
const err77 = {instancePath:instancePath+"/bodyMemory",schemaPath:"#/properties/bodyMemory/maximum",keyword:"maximum",params:{comparison: "<=", limit: 4294967296},message:"must be <= 4294967296"};
if(vErrors === null){
vErrors = [err77];
}
else {
vErrors.push(err77);
}
errors++;
}
if(data34 < 1024 || isNaN(data34)){
const err78 = {instancePath:instancePath+"/bodyMemory",schemaPath:"#/properties/bodyMemory/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1024},message:"must be >= 1024"};
if(vErrors === null){
vErrors = [err78];
}
else {
vErrors.push(err78);
}
errors++;
}
}
}
if(data.answerMemory !== undefined){
let data35 = data.answerMemory;
if(!(((typeof data35 == "number") && (!(data35 % 1) && !isNaN(data35))) && (isFinite(data35)))){
let dataType35 = typeof data35;
let coerced35 = undefined;
if(!(coerced35 !== undefined)){
if(dataType35 === "boolean" || data35 === null
              || (dataType35 === "string" && data35 && data35 == +data35 && !(data35 % 1))){
coerced35 = +data35;
}
else {
const err79 = {instancePath:instancePath+"/answerMemory",schemaPath:"#/properties/answerMemory/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err79];
}
else {
vErrors.push(err79);
}
errors++;
}
}
if(coerced35 !== undefined){
data35 = coerced35;
if(data !== undefined){
data["answerMemory"] = coerced35;
}
}
}
if((typeof data35 == "number") && (isFinite(data35))){
if(data35 > 4294967296 || isNaN(data35)){
const err80 = {instancePath:instancePath+"/answerMemory",schemaPath:"#/properties/answerMemory/maximum",keyword:"maximum",params:{comparison: "<=", limit: 4294967296},message:"must be <= 4294967296"};
if(vErrors === null){
vErrors = [err80];
}
else {
vErrors.push(err80);
}
errors++;
}
if(data35 < 1024 || isNaN(data35)){
const err81 = {instancePath:instancePath+"/answerMemory",schemaPath:"#/properties/answerMemory/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1024},message:"must be >= 1024"};
if(vErrors === null){
vErrors = [err81];
}
else {
vErrors.push(err81);
}
errors++;
}
}
}
if(data.connectionLimit !== undefined){
let data36 = data.connectionLimit;
if(!(((typeof data36 == "number") && (!(data36 % 1) && !isNaN(data36))) && (isFinite(data36)))){
let dataType36 = typeof data36;
let coerced36 = undefined;
if(!(coerced36 !== undefined)){
if(dataType36 === "boolean" || data36 === null
              || (dataType36 === "string" && data36 && data36 == +data36 && !(data36 % 1))){
coerced36 = +data36;
}
else {
const err82 = {instancePath:instancePath+"/connectionLimit",schemaPath:"#/properties/connectionLimit/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err82];
}
else {
vErrors.push(err82);
}
errors++;
}
}
if(coerced36 !== undefined){
data36 = coerced36;
if(data !== undefined){
data["connectionLimit"] = coerced36;
}
}
}
if((typeof data36 == "number") && (isFinite(data36))){
if(data36 > 1000000 || isNaN(data36)){
const err83 = {instancePath:instancePath+"/connectionLimit",schemaPath:"#/properties/connectionLimit/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1000000},message:"must be <= 1000000"};
if(vErrors === null){
vErrors = [err83];
}
else {
vErrors.push(err83);
}
errors++;
}
if(data36 < 1 || isNaN(data36)){
const err84 = {instancePath:instancePath+"/connectionLimit",schemaPath:"#/properties/connectionLimit/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1"};
if(vErrors === null){
vErrors = [err84];
}
else {
vErrors.push(err84);
}
errors++;
}
}
}
if(data.headersTimeout !== undefined){
let data37 = data.headersTimeout;
if(!(((typeof data37 == "number") && (!(data37 % 1) && !isNaN(data37))) && (isFinite(data37)))){
let dataType37 = typeof data37;
let coerced37 = undefined;
if(!(coerced37 !== undefined)){
if(dataType37 === "boolean" || data37 === null
              || (dataType37 === "string" && data37 && data37 == +data37 && !(data37 % 1))){
coerced37 = +data37;
}
else {
const err85 = {instancePath:instancePath+"/headersTimeout",schemaPath:"#/properties/headersTimeout/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err85];
}
else {
vErrors.push(err85);
}
errors++;
}
}
if(coerced37 !== undefined){
data37 = coerced37;
if(data !== undefined){
data["headersTimeout"] = coerced37;
}
}
}
if((typeof data37 == "number") && (isFinite(data37))){
if(data37 > 3600 || isNaN(data37)){
const err86 = {instancePath:instancePath+"/headersTimeout",schemaPath:"#/properties/headersTimeout/maximum",keyword:"maximum",params:{comparison: "<=", limit: 3600},message:"must be <= 3600"};
if(vErrors === null){
vErrors = [err86];
}
else {
vErrors.push(err86);
}
errors++;
}
if(data37 < 1 || isNaN(data37)){
const err87 = {instancePath:instancePath+"/headersTimeout",schemaPath:"#/properties/headersTimeout/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1"};
if(vErrors === null){
vErrors = [err87];
}
else {
vErrors.push(err87);
}
errors++;
}
}
}
if(data.requestTimeout !== undefined){
let data38 = data.requestTimeout;
if(!(((typeof data38 == "number") && (!(data38 % 1) && !isNaN(data38))) && (isFinite(data38)))){
let dataType38 = typeof data38;
let coerced38 = undefined;
if(!(coerced38 !== undefined)){
if(dataType38 === "boolean" || data38 === null
              || (dataType38 === "string" && data38 && data38 == +data38 && !(data38 % 1))){
coerced38 = +data38;
}
else {
const err88 = {instancePath:instancePath+"/requestTimeout",schemaPath:"#/properties/requestTimeout/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err88];
}
else {
vErrors.push(err88);
}
errors++;
}
}
if(coerced38 !== undefined){
data38 = coerced38;
if(data !== undefined){
data["requestTimeout"] = coerced38;
}
}
}
if((typeof data38 == "number") && (isFinite(data38))){
if(data38 > 3600 || isNaN(data38)){
const err89 = {instancePath:instancePath+"/requestTimeout",schemaPath:"#/properties/requestTimeout/maximum",keyword:"maximum",params:{comparison: "<=", limit: 3600},message:"must be <= 3600"};
if(vErrors === null){
vErrors = [err89];
}
else {
vErrors.push(err89);
}
errors++;
}
if(data38 < 1 || isNaN(data38)){
const err90 = {instancePath:instancePath+"/requestTimeout",schemaPath:"#/properties/requestTimeout/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1"};
if(vErrors === null){
vErrors = [err90];
}
else {
vErrors.push(err90);
}
errors++;
}
}
}
if(data.connectionTimeout !== undefined){
let data39 = data.connectionTimeout;
if(!(((typeof data39 == "number") && (!(data39 % 1) && !isNaN(data39))) && (isFinite(data39)))){
let dataType39 = typeof data39;
let coerced39 = undefined;
if(!(coerced39 !== undefined)){
if(dataType39 === "boolean" || data39 === null
              || (dataType39 === "string" && data39 && data39 == +data39 && !(data39 % 1))){
coerced39 = +data39;
}
else {
const err91 = {instancePath:instancePath+"/connectionTimeout",schemaPath:"#/properties/connectionTimeout/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err91];
}
else {
vErrors.push(err91);
}
errors++;
}
}
if(coerced39 !== undefined){
data39 = coerced39;
if(data !== undefined){
data["connectionTimeout"] = coerced39;
}
}
}
if((typeof data39 == "number") && (isFinite(data39))){
if(data39 > 3600 || isNaN(data39)){
const err92 = {instancePath:instancePath+"/connectionTimeout",schemaPath:"#/properties/connectionTimeout/maximum",keyword:"maximum",params:{comparison: "<=", limit: 3600},message:"must be <= 3600"};
if(vErrors === null){
vErrors = [err92];
}
else {
vErrors.push(err92);
}
errors++;
}
if(data39 < 1 || isNaN(data39)){
const err93 = {instancePath:instancePath+"/connectionTimeout",schemaPath:"#/properties/connectionTimeout/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1"};
if(vErrors === null){
vErrors = [err93];
}
else {
vErrors.push(err93);
}
errors++;
}
}
}
if(data.answerTimeout !== undefined){
let data40 = data.answerTimeout;
if(!(((typeof data40 == "number") && (!(data40 % 1) && !isNaN(data40))) && (isFinite(data40)))){
let dataType40 = typeof data40;
let coerced40 = undefined;
if(!(coerced40 !== undefined)){
if(dataType40 === "boolean" || data40 === null
              || (dataType40 === "string" && data40 && data40 == +data40 && !(data40 % 1))){
coerced40 = +data40;
}
else {
const err94 = {instancePath:instancePath+"/answerTimeout",schemaPath:"#/properties/answerTimeout/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err94];
}
else {
vErrors.push(err94);
}
errors++;
}
}
if(coerced40 !== undefined){
data40 = coerced40;
if(data !== undefined){
data["answerTimeout"] = coerced40;
}
}
}
if((typeof data40 == "number") && (isFinite(data40))){
if(data40 > 3600 || isNaN(data40)){
const err95 = {instancePath:instancePath+"/answerTimeout",schemaPath:"#/properties/answerTimeout/maximum",keyword:"maximum",params:{comparison: "<=", limit: 3600},message:"must be <= 3600"};
if(vErrors === null){
vErrors = [err95];
}
else {
vErrors.push(err95);
}
errors++;
}
if(data40 < 1 || isNaN(data40)){
const err96 = {instancePath:instancePath+"/answerTimeout",schemaPath:"#/properties/answerTimeout/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1"};
if(vErrors === null){
vErrors = [err96];
}
else {
vErrors.push(err96);
}
errors++;
}
}
}
if(data.keepAliveTimeout !== undefined){
let data41 = data.keepAliveTimeout;
if(!(((typeof data41 == "number") && (!(data41 % 1) && !isNaN(data41))) && (isFinite(data41)))){
let dataType41 = typeof data41;
let coerced41 = undefined;
if(!(coerced41 !== undefined)){
if(dataType41 === "boolean" || data41 === null
              || (dataType41 === "string" && data41 && data41 == +data41 && !(data41 % 1))){
coerced41 = +data41;
}
else {
const err97 = {instancePath:instancePath+"/keepAliveTimeout",schemaPath:"#/properties/keepAliveTimeout/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err97];
}
else {
vErrors.push(err97);
}
errors++;
}
}
if(coerced41 !== undefined){
data41 = coerced41;
if(data !== undefined){
data["keepAliveTimeout"] = coerced41;
}
}
}
if((typeof data41 == "number") && (isFinite(data41))){
if(data41 > 3600 || isNaN(data41)){
const err98 = {instancePath:instancePath+"/keepAliveTimeout",schemaPath:"#/properties/keepAliveTimeout/maximum",keyword:"maximum",params:{comparison: "<=", limit: 3600},message:"must be <= 3600"};
if(vErrors === null){
vErrors = [err98];
}
else {
vErrors.push(err98);
}
errors++;
}
if(data41 < 1 || isNaN(data41)){
const err99 = {instancePath:instancePath+"/keepAliveTimeout",schemaPath:"#/properties/keepAliveTimeout/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1"};
if(vErrors === null){
vErrors = [err99];
}
else {
vErrors.push(err99);
}
errors++;
}
}
}
if(data.shutdownTimeout !== undefined){
let data42 = data.shutdownTimeout;
if(!(((typeof data42 == "number") && (!(data42 % 1) && !isNaN(data42))) && (isFinite(data42)))){
let dataType42 = typeof data42;
let coerced42 = undefined;
if(!(coerced42 !== undefined)){
if(dataType42 === "boolean" || data42 === null
              || (dataType42 === "string" && data42 && data42 == +data42 && !(data42 % 1))){
coerced42 = +data42;
}
else {
const err100 = {instancePath:instancePath+"/shutdownTimeout",schemaPath:"#/properties/shutdownTimeout/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err100];
}
else {
vErrors.push(err100);
}
errors++;
}
}
if(coerced42 !== undefined){
data42 = coerced42;
if(data !== undefined){
data["shutdownTimeout"] = coerced42;
}
}
}
if((typeof data42 == "number") && (isFinite(data42))){
if(data42 > 600 || isNaN(data42)){
const err101 = {instancePath:instancePath+"/shutdownTimeout",schemaPath:"#/properties/shutdownTimeout/maximum",keyword:"maximum",params:{comparison: "<=", limit: 600},message:"must be <= 600"};
if(vErrors === null){
vErrors = [err101];
}
else {
vErrors.push(err101);
}
errors++;
}
if(data42 < 1 || isNaN(data42)){
const err102 = {instancePath:instancePath+"/shutdownTimeout",schemaPath:"#/properties/shutdownTimeout/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1"};
if(vErrors === null){
vErrors = [err102];
}
else {
vErrors.push(err102);
}
errors++;
}
}
}
}
else {
const err103 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err103];
}
else {
vErrors.push(err103);
}
errors++;
}
validate10.errors = vErrors;
return errors === 0;
}

return module.exports;
};
exports["bb89db431c407aa5b27b339b72519128"] = function isServerTable() {
const module = {};
"use strict";
module.exports = validate10;
module.exports.default = validate10;
const schema11 = {"type":"object","required":["name","references","scope","system","operations","types"],"additionalProperties":false,"properties":{"name":{"type":"string","minLength":1},"references":{"enum":["enforced","free"]},"scope":{"enum":["organization","open"]},"tolerates":{"type":"array","items":{"type":"string"},"minItems":1,"uniqueItems":true},"statuses":{"type":"object","additionalProperties":{"type":"integer","minimum":400,"maximum":499}},"assumes":{"type":"object","properties":{"return":{"const":"representation"},"total":{"const":"accurate"},"fullUrl":{"const":"id"}},"additionalProperties":false},"confidentiality":{"type":"array","items":{"type":"object","required":["codes","seenBy"],"additionalProperties":false,"properties":{"codes":{"type":"array","items":{"enum":["U","L","M","N","R","V"]},"minItems":1,"uniqueItems":true},"seenBy":{"type":"array","items":{"enum":["trust","pharmacist","provider","logistics","observer","manufacturer","tester"]},"minItems":1,"uniqueItems":true},"breakGlass":{"type":"array","items":{"enum":["trust","pharmacist","provider","logistics","observer","manufacturer","tester"]},"minItems":1,"uniqueItems":true}}}},"system":{"type":"object","properties":{"transaction":{"type":"array","items":{"enum":["trust","pharmacist","provider","logistics","observer","manufacturer","tester"]},"minItems":1,"uniqueItems":true},"batch":{"type":"array","items":{"enum":["trust","pharmacist","provider","logistics","observer","manufacturer","tester"]},"minItems":1,"uniqueItems":true},"search-system":{"type":"array","items":{"enum":["trust","pharmacist","provider","logistics","observer","manufacturer","tester"]},"minItems":1,"uniqueItems":true},"history-system":{"type":"array","items":{"enum":["trust","pharmacist","provider","logistics","observer","manufacturer","tester"]},"minItems":1,"uniqueItems":true},"capabilities":{"type":"array","items":{"enum":["trust","pharmacist","provider","logistics","observer","manufacturer","tester"]},"minItems":1,"uniqueItems":true}},"additionalProperties":false},"operations":{"type":"array","items":{"type":"object","required":["name","levels","roles","definition"],"additionalProperties":false,"properties":{"name":{"type":"string","pattern":"^[a-z][a-z-]*$"},"levels":{"type":"array","items":{"enum":["system","type","instance"]},"minItems":1,"uniqueItems":true},"types":{"type":"array","items":{"type":"string"},"minItems":1,"uniqueItems":true},"reads":{"type":"boolean"},"writes":{"type":"boolean"},"roles":{"type":"array","items":{"enum":["trust","pharmacist","provider","logistics","observer","manufacturer","tester"]},"minItems":1,"uniqueItems":true},"scopes":{"type":"array","items":{"type":"string","pattern":"^(\\[type\\]|[A-Z][A-Za-z]+|\\*)\\.[cruds]+$"}},"definition":{"type":"string","pattern":"^[a-z]+:"}}}},"types":{"type":"array","minItems":1,"items":{"type":"object","required":["type","interactions","source","search","ifMatch"],"additionalProperties":false,"properties":{"type":{"type":"string"},"interactions":{"type":"object","properties":{"read":{"type":"array","items":{"enum":["trust","pharmacist","provider","logistics","observer","manufacturer","tester"]},"minItems":1,"uniqueItems":true},"vread":{"type":"array","items":{"enum":["trust","pharmacist","provider","logistics","observer","manufacturer","tester"]},"minItems":1,"uniqueItems":true},"create":{"type":"array","items":{"enum":["trust","pharmacist","provider","logistics","observer","manufacturer","tester"]},"minItems":1,"uniqueItems":true},"update":{"type":"array","items":{"enum":["trust","pharmacist","provider","logistics","observer","manufacturer","tester"]},"minItems":1,"uniqueItems":true},"patch":{"type":"array","items":{"enum":["trust","pharmacist","provider","logistics","observer","manufacturer","tester"]},"minItems":1,"uniqueItems":true},"delete":{"type":"array","items":{"enum":["trust","pharmacist","provider","logistics","observer","manufacturer","tester"]},"minItems":1,"uniqueItems":true},"history-instance":{"type":"array","items":{"enum":["trust","pharmacist","provider","logistics","observer","manufacturer","tester"]},"minItems":1,"uniqueItems":true},"history-type":{"type":"array","items":{"enum":["trust","pharmacist","provider","logistics","observer","manufacturer","tester"]},"minItems":1,"uniqueItems":true},"search-type":{"type":"array","items":{"enum":["trust","pharmacist","provider","logistics","observer","manufacturer","tester"]},"minItems":1,"uniqueItems":true}},"additionalProperties":false,"minProperties":1},"source":{"enum":["store","definitions","audit"]},"profile":{"type":"string"},"search":{"oneOf":[{"const":"*"},{"type":"array","items":{"type":"string"}}]},"ifMatch":{"enum":["required","optional"]},"updateCreate":{"type":"boolean"},"deletable":{"type":"object","required":["status","instead"],"additionalProperties":false,"properties":{"status":{"type":"array","items":{"type":"string"},"minItems":1},"instead":{"type":"string","minLength":1}}},"lifecycle":{"type":"array","items":{"type":"string"},"minItems":1},"access":{"type":"object","additionalProperties":false,"properties":{"requester":{"type":"array","items":{"type":"string","pattern":"^[a-zA-Z.]+$"},"minItems":1},"owner":{"type":"array","items":{"type":"string","pattern":"^[a-zA-Z.]+$"},"minItems":1},"carriers":{"type":"string"}}},"views":{"type":"object","propertyNames":{"enum":["trust","pharmacist","provider","logistics","observer","manufacturer","tester"]},"additionalProperties":{"type":"object","required":["elements","search"],"additionalProperties":false,"properties":{"elements":{"type":"array","items":{"type":"string","pattern":"^[a-zA-Z.]+$"},"minItems":1},"items":{"type":"object","additionalProperties":{"type":"array","items":{"type":"string"},"minItems":1}},"search":{"type":"array","items":{"type":"string"}}}}},"inherits":{"type":"array","items":{"type":"string","pattern":"^[a-zA-Z.]+$"},"minItems":1},"shares":{"type":"array","items":{"type":"string","pattern":"^[a-zA-Z.]+$"},"minItems":1},"documentation":{"type":"string"}}}}}};
const func2 = Object.prototype.hasOwnProperty;
const func3 = require("ajv/dist/runtime/ucs2length").default;
const func0 = require("ajv/dist/runtime/equal").default;
const pattern0 = new RegExp("^[a-z][a-z-]*$", "u");
const pattern1 = new RegExp("^(\\[type\\]|[A-Z][A-Za-z]+|\\*)\\.[cruds]+$", "u");
const pattern2 = new RegExp("^[a-z]+:", "u");
const pattern3 = new RegExp("^[a-zA-Z.]+$", "u");

function validate10(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.name === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "name"},message:"must have required property '"+"name"+"'"};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
if(data.references === undefined){
const err1 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "references"},message:"must have required property '"+"references"+"'"};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
if(data.scope === undefined){
const err2 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "scope"},message:"must have required property '"+"scope"+"'"};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
if(data.system === undefined){
const err3 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "system"},message:"must have required property '"+"system"+"'"};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
if(data.operations === undefined){
const err4 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "operations"},message:"must have required property '"+"operations"+"'"};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
if(data.types === undefined){
const err5 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "types"},message:"must have required property '"+"types"+"'"};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
for(const key0 in data){
if(!(func2.call(schema11.properties, key0))){
const err6 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
if(data.name !== undefined){
let data0 = data.name;
if(typeof data0 === "string"){
if(func3(data0) < 1){
const err7 = {instancePath:instancePath+"/name",schemaPath:"#/properties/name/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
}
else {
const err8 = {instancePath:instancePath+"/name",schemaPath:"#/properties/name/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
if(data.references !== undefined){
let data1 = data.references;
if(!((data1 === "enforced") || (data1 === "free"))){
const err9 = {instancePath:instancePath+"/references",schemaPath:"#/properties/references/enum",keyword:"enum",params:{allowedValues: schema11.properties.references.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
}
if(data.scope !== undefined){
let data2 = data.scope;
if(!((data2 === "organization") || (data2 === "open"))){
const err10 = {instancePath:instancePath+"/scope",schemaPath:"#/properties/scope/enum",keyword:"enum",params:{allowedValues: schema11.properties.scope.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
}
if(data.tolerates !== undefined){
let data3 = data.tolerates;
if(Array.isArray(data3)){
if(data3.length < 1){
const err11 = {instancePath:instancePath+"/tolerates",schemaPath:"#/properties/tolerates/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
const len0 = data3.length;
for(let i0=0; i0<len0; i0++){
if(typeof data3[i0] !== "string"){
const err12 = {instancePath:instancePath+"/tolerates/" + i0,schemaPath:"#/properties/tolerates/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
}
let i1 = data3.length;
let j0;
if(i1 > 1){
const indices0 = {};
for(;i1--;){
let item0 = data3[i1];
if(typeof item0 !== "string"){
continue;
}
if(typeof indices0[item0] == "number"){
j0 = indices0[item0];
const err13 = {instancePath:instancePath+"/tolerates",schemaPath:"#/properties/tolerates/uniqueItems",keyword:"uniqueItems",params:{i: i1, j: j0},message:"must NOT have duplicate items (items ## "+j0+" and "+i1+" are identical)"};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
break;
}
indices0[item0] = i1;
}
}
}
else {
const err14 = {instancePath:instancePath+"/tolerates",schemaPath:"#/properties/tolerates/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
}
if(data.statuses !== undefined){
let data5 = data.statuses;
if(data5 && typeof data5 == "object" && !Array.isArray(data5)){
for(const key1 in data5){
let data6 = data5[key1];
if(!(((typeof data6 == "number") && (!(data6 % 1) && !isNaN(data6))) && (isFinite(data6)))){
const err15 = {instancePath:instancePath+"/statuses/" + key1.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/statuses/additionalProperties/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
if((typeof data6 == "number") && (isFinite(data6))){
if(data6 > 499 || isNaN(data6)){
const err16 = {instancePath:instancePath+"/statuses/" + key1.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/statuses/additionalProperties/maximum",keyword:"maximum",params:{comparison: "<=", limit: 499},message:"must be <= 499"};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
if(data6 < 400 || isNaN(data6)){
const err17 = {instancePath:instancePath+"/statuses/" + key1.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/statuses/additionalProperties/minimum",keyword:"minimum",params:{comparison: ">=", limit: 400},message:"must be >= 400"};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
}
}
}
else {
const err18 = {instancePath:instancePath+"/statuses",schemaPath:"#/properties/statuses/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
}
if(data.assumes !== undefined){
let data7 = data.assumes;
if(data7 && typeof data7 == "object" && !Array.isArray(data7)){
for(const key2 in data7){
if(!(((key2 === "return") || (key2 === "total")) || (key2 === "fullUrl"))){
const err19 = {instancePath:instancePath+"/assumes",schemaPath:"#/properties/assumes/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key2},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
}
if(data7.return !== undefined){
if("representation" !== data7.return){
const err20 = {instancePath:instancePath+"/assumes/return",schemaPath:"#/properties/assumes/properties/return/const",keyword:"const",params:{allowedValue: "representation"},message:"must be equal to constant"};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
}
if(data7.total !== undefined){
if("accurate" !== data7.total){
const err21 = {instancePath:instancePath+"/assumes/total",schemaPath:"#/properties/assumes/properties/total/const",keyword:"const",params:{allowedValue: "accurate"},message:"must be equal to constant"};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
}
if(data7.fullUrl !== undefined){
if("id" !== data7.fullUrl){
const err22 = {instancePath:instancePath+"/assumes/fullUrl",schemaPath:"#/properties/assumes/properties/fullUrl/const",keyword:"const",params:{allowedValue: "id"},message:"must be equal to constant"};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
}
}
else {
const err23 = {instancePath:instancePath+"/assumes",schemaPath:"#/properties/assumes/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
}
if(data.confidentiality !== undefined){
let data11 = data.confidentiality;
if(Array.isArray(data11)){
const len1 = data11.length;
for(let i2=0; i2<len1; i2++){
let data12 = data11[i2];
if(data12 && typeof data12 == "object" && !Array.isArray(data12)){
if(data12.codes === undefined){
const err24 = {instancePath:instancePath+"/confidentiality/" + i2,schemaPath:"#/properties/confidentiality/items/required",keyword:"required",params:{missingProperty: "codes"},message:"must have required property '"+"codes"+"'"};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
if(data12.seenBy === undefined){
const err25 = {instancePath:instancePath+"/confidentiality/" + i2,schemaPath:"#/properties/confidentiality/items/required",keyword:"required",params:{missingProperty: "seenBy"},message:"must have required property '"+"seenBy"+"'"};
if(vErrors === null){
vErrors = [err25];
}
else {
vErrors.push(err25);
}
errors++;
}
for(const key3 in data12){
if(!(((key3 === "codes") || (key3 === "seenBy")) || (key3 === "breakGlass"))){
const err26 = {instancePath:instancePath+"/confidentiality/" + i2,schemaPath:"#/properties/confidentiality/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key3},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err26];
}
else {
vErrors.push(err26);
}
errors++;
}
}
if(data12.codes !== undefined){
let data13 = data12.codes;
if(Array.isArray(data13)){
if(data13.length < 1){
const err27 = {instancePath:instancePath+"/confidentiality/" + i2+"/codes",schemaPath:"#/properties/confidentiality/items/properties/codes/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"};
if(vErrors === null){
vErrors = [err27];
}
else {
vErrors.push(err27);
}
errors++;
}
const len2 = data13.length;
for(let i3=0; i3<len2; i3++){
let data14 = data13[i3];
if(!((((((data14 === "U") || (data14 === "L")) || (data14 === "M")) || (data14 === "N")) || (data14 === "R")) || (data14 === "V"))){
const err28 = {instancePath:instancePath+"/confidentiality/" + i2+"/codes/" + i3,schemaPath:"#/properties/confidentiality/items/properties/codes/items/enum",keyword:"enum",params:{allowedValues: schema11.properties.confidentiality.items.properties.codes.items.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err28];
}
else {
vErrors.push(err28);
}
errors++;
}
}
let i4 = data13.length;
let j1;
if(i4 > 1){
outer0:
for(;i4--;){
for(j1 = i4; j1--;){
if(func0(data13[i4], data13[j1])){
const err29 = {instancePath:instancePath+"/confidentiality/" + i2+"/codes",schemaPath:"#/properties/confidentiality/items/properties/codes/uniqueItems",keyword:"uniqueItems",params:{i: i4, j: j1},message:"must NOT have duplicate items (items ## "+j1+" and "+i4+" are identical)"};
if(vErrors === null){
vErrors = [err29];
}
else {
vErrors.push(err29);
}
errors++;
break outer0;
}
}
}
}
}
else {
const err30 = {instancePath:instancePath+"/confidentiality/" + i2+"/codes",schemaPath:"#/properties/confidentiality/items/properties/codes/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err30];
}
else {
vErrors.push(err30);
}
errors++;
}
}
if(data12.seenBy !== undefined){
let data15 = data12.seenBy;
if(Array.isArray(data15)){
if(data15.length < 1){
const err31 = {instancePath:instancePath+"/confidentiality/" + i2+"/seenBy",schemaPath:"#/properties/confidentiality/items/properties/seenBy/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"};
if(vErrors === null){
vErrors = [err31];
}
else {
vErrors.push(err31);
}
errors++;
}
const len3 = data15.length;
for(let i5=0; i5<len3; i5++){
let data16 = data15[i5];
if(!(((((((data16 === "trust") || (data16 === "pharmacist")) || (data16 === "provider")) || (data16 === "logistics")) || (data16 === "observer")) || (data16 === "manufacturer")) || (data16 === "tester"))){
const err32 = {instancePath:instancePath+"/confidentiality/" + i2+"/seenBy/" + i5,schemaPath:"#/properties/confidentiality/items/properties/seenBy/items/enum",keyword:"enum",params:{allowedValues: schema11.properties.confidentiality.items.properties.seenBy.items.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err32];
}
else {
vErrors.push(err32);
}
errors++;
}
}
let i6 = data15.length;
let j2;
if(i6 > 1){
outer1:
for(;i6--;){
for(j2 = i6; j2--;){
if(func0(data15[i6], data15[j2])){
const err33 = {instancePath:instancePath+"/confidentiality/" + i2+"/seenBy",schemaPath:"#/properties/confidentiality/items/properties/seenBy/uniqueItems",keyword:"uniqueItems",params:{i: i6, j: j2},message:"must NOT have duplicate items (items ## "+j2+" and "+i6+" are identical)"};
if(vErrors === null){
vErrors = [err33];
}
else {
vErrors.push(err33);
}
errors++;
break outer1;
}
}
}
}
}
else {
const err34 = {instancePath:instancePath+"/confidentiality/" + i2+"/seenBy",schemaPath:"#/properties/confidentiality/items/properties/seenBy/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err34];
}
else {
vErrors.push(err34);
}
errors++;
}
}
if(data12.breakGlass !== undefined){
let data17 = data12.breakGlass;
if(Array.isArray(data17)){
if(data17.length < 1){
const err35 = {instancePath:instancePath+"/confidentiality/" + i2+"/breakGlass",schemaPath:"#/properties/confidentiality/items/properties/breakGlass/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"};
if(vErrors === null){
vErrors = [err35];
}
else {
vErrors.push(err35);
}
errors++;
}
const len4 = data17.length;
for(let i7=0; i7<len4; i7++){
let data18 = data17[i7];
if(!(((((((data18 === "trust") || (data18 === "pharmacist")) || (data18 === "provider")) || (data18 === "logistics")) || (data18 === "observer")) || (data18 === "manufacturer")) || (data18 === "tester"))){
const err36 = {instancePath:instancePath+"/confidentiality/" + i2+"/breakGlass/" + i7,schemaPath:"#/properties/confidentiality/items/properties/breakGlass/items/enum",keyword:"enum",params:{allowedValues: schema11.properties.confidentiality.items.properties.breakGlass.items.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err36];
}
else {
vErrors.push(err36);
}
errors++;
}
}
let i8 = data17.length;
let j3;
if(i8 > 1){
outer2:
for(;i8--;){
for(j3 = i8; j3--;){
if(func0(data17[i8], data17[j3])){
const err37 = {instancePath:instancePath+"/confidentiality/" + i2+"/breakGlass",schemaPath:"#/properties/confidentiality/items/properties/breakGlass/uniqueItems",keyword:"uniqueItems",params:{i: i8, j: j3},message:"must NOT have duplicate items (items ## "+j3+" and "+i8+" are identical)"};
if(vErrors === null){
vErrors = [err37];
}
else {
vErrors.push(err37);
}
errors++;
break outer2;
}
}
}
}
}
else {
const err38 = {instancePath:instancePath+"/confidentiality/" + i2+"/breakGlass",schemaPath:"#/properties/confidentiality/items/properties/breakGlass/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err38];
}
else {
vErrors.push(err38);
}
errors++;
}
}
}
else {
const err39 = {instancePath:instancePath+"/confidentiality/" + i2,schemaPath:"#/properties/confidentiality/items/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err39];
}
else {
vErrors.push(err39);
}
errors++;
}
}
}
else {
const err40 = {instancePath:instancePath+"/confidentiality",schemaPath:"#/properties/confidentiality/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err40];
}
else {
vErrors.push(err40);
}
errors++;
}
}
if(data.system !== undefined){
let data19 = data.system;
if(data19 && typeof data19 == "object" && !Array.isArray(data19)){
for(const key4 in data19){
if(!(((((key4 === "transaction") || (key4 === "batch")) || (key4 === "search-system")) || (key4 === "history-system")) || (key4 === "capabilities"))){
const err41 = {instancePath:instancePath+"/system",schemaPath:"#/properties/system/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key4},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err41];
}
else {
vErrors.push(err41);
}
errors++;
}
}
if(data19.transaction !== undefined){
let data20 = data19.transaction;
if(Array.isArray(data20)){
if(data20.length < 1){
const err42 = {instancePath:instancePath+"/system/transaction",schemaPath:"#/properties/system/properties/transaction/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"};
if(vErrors === null){
vErrors = [err42];
}
else {
vErrors.push(err42);
}
errors++;
}
const len5 = data20.length;
for(let i9=0; i9<len5; i9++){
let data21 = data20[i9];
if(!(((((((data21 === "trust") || (data21 === "pharmacist")) || (data21 === "provider")) || (data21 === "logistics")) || (data21 === "observer")) || (data21 === "manufacturer")) || (data21 === "tester"))){
const err43 = {instancePath:instancePath+"/system/transaction/" + i9,schemaPath:"#/properties/system/properties/transaction/items/enum",keyword:"enum",params:{allowedValues: schema11.properties.system.properties.transaction.items.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err43];
}
else {
vErrors.push(err43);
}
errors++;
}
}
let i10 = data20.length;
let j4;
if(i10 > 1){
outer3:
for(;i10--;){
for(j4 = i10; j4--;){
if(func0(data20[i10], data20[j4])){
const err44 = {instancePath:instancePath+"/system/transaction",schemaPath:"#/properties/system/properties/transaction/uniqueItems",keyword:"uniqueItems",params:{i: i10, j: j4},message:"must NOT have duplicate items (items ## "+j4+" and "+i10+" are identical)"};
if(vErrors === null){
vErrors = [err44];
}
else {
vErrors.push(err44);
}
errors++;
break outer3;
}
}
}
}
}
else {
const err45 = {instancePath:instancePath+"/system/transaction",schemaPath:"#/properties/system/properties/transaction/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err45];
}
else {
vErrors.push(err45);
}
errors++;
}
}
if(data19.batch !== undefined){
let data22 = data19.batch;
if(Array.isArray(data22)){
if(data22.length < 1){
const err46 = {instancePath:instancePath+"/system/batch",schemaPath:"#/properties/system/properties/batch/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"};
if(vErrors === null){
vErrors = [err46];
}
else {
vErrors.push(err46);
}
errors++;
}
const len6 = data22.length;
for(let i11=0; i11<len6; i11++){
let data23 = data22[i11];
if(!(((((((data23 === "trust") || (data23 === "pharmacist")) || (data23 === "provider")) || (data23 === "logistics")) || (data23 === "observer")) || (data23 === "manufacturer")) || (data23 === "tester"))){
const err47 = {instancePath:instancePath+"/system/batch/" + i11,schemaPath:"#/properties/system/properties/batch/items/enum",keyword:"enum",params:{allowedValues: schema11.properties.system.properties.batch.items.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err47];
}
else {
vErrors.push(err47);
}
errors++;
}
}
let i12 = data22.length;
let j5;
if(i12 > 1){
outer4:
for(;i12--;){
for(j5 = i12; j5--;){
if(func0(data22[i12], data22[j5])){
const err48 = {instancePath:instancePath+"/system/batch",schemaPath:"#/properties/system/properties/batch/uniqueItems",keyword:"uniqueItems",params:{i: i12, j: j5},message:"must NOT have duplicate items (items ## "+j5+" and "+i12+" are identical)"};
if(vErrors === null){
vErrors = [err48];
}
else {
vErrors.push(err48);
}
errors++;
break outer4;
}
}
}
}
}
else {
const err49 = {instancePath:instancePath+"/system/batch",schemaPath:"#/properties/system/properties/batch/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err49];
}
else {
vErrors.push(err49);
}
errors++;
}
}
if(data19["search-system"] !== undefined){
let data24 = data19["search-system"];
if(Array.isArray(data24)){
if(data24.length < 1){
const err50 = {instancePath:instancePath+"/system/search-system",schemaPath:"#/properties/system/properties/search-system/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"};
if(vErrors === null){
vErrors = [err50];
}
else {
vErrors.push(err50);
}
errors++;
}
const len7 = data24.length;
for(let i13=0; i13<len7; i13++){
let data25 = data24[i13];
if(!(((((((data25 === "trust") || (data25 === "pharmacist")) || (data25 === "provider")) || (data25 === "logistics")) || (data25 === "observer")) || (data25 === "manufacturer")) || (data25 === "tester"))){
const err51 = {instancePath:instancePath+"/system/search-system/" + i13,schemaPath:"#/properties/system/properties/search-system/items/enum",keyword:"enum",params:{allowedValues: schema11.properties.system.properties["search-system"].items.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err51];
}
else {
vErrors.push(err51);
}
errors++;
}
}
let i14 = data24.length;
let j6;
if(i14 > 1){
outer5:
for(;i14--;){
for(j6 = i14; j6--;){
if(func0(data24[i14], data24[j6])){
const err52 = {instancePath:instancePath+"/system/search-system",schemaPath:"#/properties/system/properties/search-system/uniqueItems",keyword:"uniqueItems",params:{i: i14, j: j6},message:"must NOT have duplicate items (items ## "+j6+" and "+i14+" are identical)"};
if(vErrors === null){
vErrors = [err52];
}
else {
vErrors.push(err52);
}
errors++;
break outer5;
}
}
}
}
}
else {
const err53 = {instancePath:instancePath+"/system/search-system",schemaPath:"#/properties/system/properties/search-system/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err53];
}
else {
vErrors.push(err53);
}
errors++;
}
}
if(data19["history-system"] !== undefined){
let data26 = data19["history-system"];
if(Array.isArray(data26)){
if(data26.length < 1){
const err54 = {instancePath:instancePath+"/system/history-system",schemaPath:"#/properties/system/properties/history-system/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"};
if(vErrors === null){
vErrors = [err54];
}
else {
vErrors.push(err54);
}
errors++;
}
const len8 = data26.length;
for(let i15=0; i15<len8; i15++){
let data27 = data26[i15];
if(!(((((((data27 === "trust") || (data27 === "pharmacist")) || (data27 === "provider")) || (data27 === "logistics")) || (data27 === "observer")) || (data27 === "manufacturer")) || (data27 === "tester"))){
const err55 = {instancePath:instancePath+"/system/history-system/" + i15,schemaPath:"#/properties/system/properties/history-system/items/enum",keyword:"enum",params:{allowedValues: schema11.properties.system.properties["history-system"].items.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err55];
}
else {
vErrors.push(err55);
}
errors++;
}
}
let i16 = data26.length;
let j7;
if(i16 > 1){
outer6:
for(;i16--;){
for(j7 = i16; j7--;){
if(func0(data26[i16], data26[j7])){
const err56 = {instancePath:instancePath+"/system/history-system",schemaPath:"#/properties/system/properties/history-system/uniqueItems",keyword:"uniqueItems",params:{i: i16, j: j7},message:"must NOT have duplicate items (items ## "+j7+" and "+i16+" are identical)"};
if(vErrors === null){
vErrors = [err56];
}
else {
vErrors.push(err56);
}
errors++;
break outer6;
}
}
}
}
}
else {
const err57 = {instancePath:instancePath+"/system/history-system",schemaPath:"#/properties/system/properties/history-system/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err57];
}
else {
vErrors.push(err57);
}
errors++;
}
}
if(data19.capabilities !== undefined){
let data28 = data19.capabilities;
if(Array.isArray(data28)){
if(data28.length < 1){
const err58 = {instancePath:instancePath+"/system/capabilities",schemaPath:"#/properties/system/properties/capabilities/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"};
if(vErrors === null){
vErrors = [err58];
}
else {
vErrors.push(err58);
}
errors++;
}
const len9 = data28.length;
for(let i17=0; i17<len9; i17++){
let data29 = data28[i17];
if(!(((((((data29 === "trust") || (data29 === "pharmacist")) || (data29 === "provider")) || (data29 === "logistics")) || (data29 === "observer")) || (data29 === "manufacturer")) || (data29 === "tester"))){
const err59 = {instancePath:instancePath+"/system/capabilities/" + i17,schemaPath:"#/properties/system/properties/capabilities/items/enum",keyword:"enum",params:{allowedValues: schema11.properties.system.properties.capabilities.items.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err59];
}
else {
vErrors.push(err59);
}
errors++;
}
}
let i18 = data28.length;
let j8;
if(i18 > 1){
outer7:
for(;i18--;){
for(j8 = i18; j8--;){
if(func0(data28[i18], data28[j8])){
const err60 = {instancePath:instancePath+"/system/capabilities",schemaPath:"#/properties/system/properties/capabilities/uniqueItems",keyword:"uniqueItems",params:{i: i18, j: j8},message:"must NOT have duplicate items (items ## "+j8+" and "+i18+" are identical)"};
if(vErrors === null){
vErrors = [err60];
}
else {
vErrors.push(err60);
}
errors++;
break outer7;
}
}
}
}
}
else {
const err61 = {instancePath:instancePath+"/system/capabilities",schemaPath:"#/properties/system/properties/capabilities/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err61];
}
else {
vErrors.push(err61);
}
errors++;
}
}
}
else {
const err62 = {instancePath:instancePath+"/system",schemaPath:"#/properties/system/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err62];
}
else {
vErrors.push(err62);
}
errors++;
}
}
if(data.operations !== undefined){
let data30 = data.operations;
if(Array.isArray(data30)){
const len10 = data30.length;
for(let i19=0; i19<len10; i19++){
let data31 = data30[i19];
if(data31 && typeof data31 == "object" && !Array.isArray(data31)){
if(data31.name === undefined){
const err63 = {instancePath:instancePath+"/operations/" + i19,schemaPath:"#/properties/operations/items/required",keyword:"required",params:{missingProperty: "name"},message:"must have required property '"+"name"+"'"};
if(vErrors === null){
vErrors = [err63];
}
else {
vErrors.push(err63);
}
errors++;
}
if(data31.levels === undefined){
const err64 = {instancePath:instancePath+"/operations/" + i19,schemaPath:"#/properties/operations/items/required",keyword:"required",params:{missingProperty: "levels"},message:"must have required property '"+"levels"+"'"};
if(vErrors === null){
vErrors = [err64];
}
else {
vErrors.push(err64);
}
errors++;
}
if(data31.roles === undefined){
const err65 = {instancePath:instancePath+"/operations/" + i19,schemaPath:"#/properties/operations/items/required",keyword:"required",params:{missingProperty: "roles"},message:"must have required property '"+"roles"+"'"};
if(vErrors === null){
vErrors = [err65];
}
else {
vErrors.push(err65);
}
errors++;
}
if(data31.definition === undefined){
const err66 = {instancePath:instancePath+"/operations/" + i19,schemaPath:"#/properties/operations/items/required",keyword:"required",params:{missingProperty: "definition"},message:"must have required property '"+"definition"+"'"};
if(vErrors === null){
vErrors = [err66];
}
else {
vErrors.push(err66);
}
errors++;
}
for(const key5 in data31){
if(!((((((((key5 === "name") || (key5 === "levels")) || (key5 === "types")) || (key5 === "reads")) || (key5 === "writes")) || (key5 === "roles")) || (key5 === "scopes")) || (key5 === "definition"))){
const err67 = {instancePath:instancePath+"/operations/" + i19,schemaPath:"#/properties/operations/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key5},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err67];
}
else {
vErrors.push(err67);
}
errors++;
}
}
if(data31.name !== undefined){
let data32 = data31.name;
if(typeof data32 === "string"){
if(!pattern0.test(data32)){
const err68 = {instancePath:instancePath+"/operations/" + i19+"/name",schemaPath:"#/properties/operations/items/properties/name/pattern",keyword:"pattern",params:{pattern: "^[a-z][a-z-]*$"},message:"must match pattern \""+"^[a-z][a-z-]*$"+"\""};
if(vErrors === null){
vErrors = [err68];
}
else {
vErrors.push(err68);
}
errors++;
}
}
else {
const err69 = {instancePath:instancePath+"/operations/" + i19+"/name",schemaPath:"#/properties/operations/items/properties/name/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err69];
}
else {
vErrors.push(err69);
}
errors++;
}
}
if(data31.levels !== undefined){
let data33 = data31.levels;
if(Array.isArray(data33)){
if(data33.length < 1){
const err70 = {instancePath:instancePath+"/operations/" + i19+"/levels",schemaPath:"#/properties/operations/items/properties/levels/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"};
if(vErrors === null){
vErrors = [err70];
}
else {
vErrors.push(err70);
}
errors++;
}
const len11 = data33.length;
for(let i20=0; i20<len11; i20++){
let data34 = data33[i20];
if(!(((data34 === "system") || (data34 === "type")) || (data34 === "instance"))){
const err71 = {instancePath:instancePath+"/operations/" + i19+"/levels/" + i20,schemaPath:"#/properties/operations/items/properties/levels/items/enum",keyword:"enum",params:{allowedValues: schema11.properties.operations.items.properties.levels.items.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err71];
}
else {
vErrors.push(err71);
}
errors++;
}
}
let i21 = data33.length;
let j9;
if(i21 > 1){
outer8:
for(;i21--;){
for(j9 = i21; j9--;){
if(func0(data33[i21], data33[j9])){
const err72 = {instancePath:instancePath+"/operations/" + i19+"/levels",schemaPath:"#/properties/operations/items/properties/levels/uniqueItems",keyword:"uniqueItems",params:{i: i21, j: j9},message:"must NOT have duplicate items (items ## "+j9+" and "+i21+" are identical)"};
if(vErrors === null){
vErrors = [err72];
}
else {
vErrors.push(err72);
}
errors++;
break outer8;
}
}
}
}
}
else {
const err73 = {instancePath:instancePath+"/operations/" + i19+"/levels",schemaPath:"#/properties/operations/items/properties/levels/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err73];
}
else {
vErrors.push(err73);
}
errors++;
}
}
if(data31.types !== undefined){
let data35 = data31.types;
if(Array.isArray(data35)){
if(data35.length < 1){
const err74 = {instancePath:instancePath+"/operations/" + i19+"/types",schemaPath:"#/properties/operations/items/properties/types/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"};
if(vErrors === null){
vErrors = [err74];
}
else {
vErrors.push(err74);
}
errors++;
}
const len12 = data35.length;
for(let i22=0; i22<len12; i22++){
if(typeof data35[i22] !== "string"){
const err75 = {instancePath:instancePath+"/operations/" + i19+"/types/" + i22,schemaPath:"#/properties/operations/items/properties/types/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err75];
}
else {
vErrors.push(err75);
}
errors++;
}
}
let i23 = data35.length;
let j10;
if(i23 > 1){
const indices1 = {};
for(;i23--;){
let item1 = data35[i23];
if(typeof item1 !== "string"){
continue;
}
if(typeof indices1[item1] == "number"){
j10 = indices1[item1];
const err76 = {instancePath:instancePath+"/operations/" + i19+"/types",schemaPath:"#/properties/operations/items/properties/types/uniqueItems",keyword:"uniqueItems",params:{i: i23, j: j10},message:"must NOT have duplicate items (items ## "+j10+" and "+i23+" are identical)"};
if(vErrors === null){
vErrors = [err76];
}
else {
vErrors.push(err76);
}
errors++;
break;
}
indices1[item1] = i23;
}
}
}
else {
const err77 = {instancePath:instancePath+"/operations/" + i19+"/types",schemaPath:"#/properties/operations/items/properties/types/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err77];
}
else {
vErrors.push(err77);
}
errors++;
}
}
if(data31.reads !== undefined){
if(typeof data31.reads !== "boolean"){
const err78 = {instancePath:instancePath+"/operations/" + i19+"/reads",schemaPath:"#/properties/operations/items/properties/reads/type",keyword:"type",params:{type: "boolean"},message:"must be boolean"};
if(vErrors === null){
vErrors = [err78];
}
else {
vErrors.push(err78);
}
errors++;
}
}
if(data31.writes !== undefined){
if(typeof data31.writes !== "boolean"){
const err79 = {instancePath:instancePath+"/operations/" + i19+"/writes",schemaPath:"#/properties/operations/items/properties/writes/type",keyword:"type",params:{type: "boolean"},message:"must be boolean"};
if(vErrors === null){
vErrors = [err79];
}
else {
vErrors.push(err79);
}
errors++;
}
}
if(data31.roles !== undefined){
let data39 = data31.roles;
if(Array.isArray(data39)){
if(data39.length < 1){
const err80 = {instancePath:instancePath+"/operations/" + i19+"/roles",schemaPath:"#/properties/operations/items/properties/roles/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"};
if(vErrors === null){
vErrors = [err80];
}
else {
vErrors.push(err80);
}
errors++;
}
const len13 = data39.length;
for(let i24=0; i24<len13; i24++){
let data40 = data39[i24];
if(!(((((((data40 === "trust") || (data40 === "pharmacist")) || (data40 === "provider")) || (data40 === "logistics")) || (data40 === "observer")) || (data40 === "manufacturer")) || (data40 === "tester"))){
const err81 = {instancePath:instancePath+"/operations/" + i19+"/roles/" + i24,schemaPath:"#/properties/operations/items/properties/roles/items/enum",keyword:"enum",params:{allowedValues: schema11.properties.operations.items.properties.roles.items.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err81];
}
else {
vErrors.push(err81);
}
errors++;
}
}
let i25 = data39.length;
let j11;
if(i25 > 1){
outer9:
for(;i25--;){
for(j11 = i25; j11--;){
if(func0(data39[i25], data39[j11])){
const err82 = {instancePath:instancePath+"/operations/" + i19+"/roles",schemaPath:"#/properties/operations/items/properties/roles/uniqueItems",keyword:"uniqueItems",params:{i: i25, j: j11},message:"must NOT have duplicate items (items ## "+j11+" and "+i25+" are identical)"};
if(vErrors === null){
vErrors = [err82];
}
else {
vErrors.push(err82);
}
errors++;
break outer9;
}
}
}
}
}
else {
const err83 = {instancePath:instancePath+"/operations/" + i19+"/roles",schemaPath:"#/properties/operations/items/properties/roles/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err83];
}
else {
vErrors.push(err83);
}
errors++;
}
}
if(data31.scopes !== undefined){
let data41 = data31.scopes;
if(Array.isArray(data41)){
const len14 = data41.length;
for(let i26=0; i26<len14; i26++){
let data42 = data41[i26];
if(typeof data42 === "string"){
if(!pattern1.test(data42)){
const err84 = {instancePath:instancePath+"/operations/" + i19+"/scopes/" + i26,schemaPath:"#/properties/operations/items/properties/scopes/items/pattern",keyword:"pattern",params:{pattern: "^(\\[type\\]|[A-Z][A-Za-z]+|\\*)\\.[cruds]+$"},message:"must match pattern \""+"^(\\[type\\]|[A-Z][A-Za-z]+|\\*)\\.[cruds]+$"+"\""};
if(vErrors === null){
vErrors = [err84];
}
else {
vErrors.push(err84);
}
errors++;
}
}
else {
const err85 = {instancePath:instancePath+"/operations/" + i19+"/scopes/" + i26,schemaPath:"#/properties/operations/items/properties/scopes/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err85];
}
else {
vErrors.push(err85);
}
errors++;
}
}
}
else {
const err86 = {instancePath:instancePath+"/operations/" + i19+"/scopes",schemaPath:"#/properties/operations/items/properties/scopes/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err86];
}
else {
vErrors.push(err86);
}
errors++;
}
}
if(data31.definition !== undefined){
let data43 = data31.definition;
if(typeof data43 === "string"){
if(!pattern2.test(data43)){
const err87 = {instancePath:instancePath+"/operations/" + i19+"/definition",schemaPath:"#/properties/operations/items/properties/definition/pattern",keyword:"pattern",params:{pattern: "^[a-z]+:"},message:"must match pattern \""+"^[a-z]+:"+"\""};
if(vErrors === null){
vErrors = [err87];
}
else {
vErrors.push(err87);
}
errors++;
}
}
else {
const err88 = {instancePath:instancePath+"/operations/" + i19+"/definition",schemaPath:"#/properties/operations/items/properties/definition/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err88];
}
else {
vErrors.push(err88);
}
errors++;
}
}
}
else {
const err89 = {instancePath:instancePath+"/operations/" + i19,schemaPath:"#/properties/operations/items/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err89];
}
else {
vErrors.push(err89);
}
errors++;
}
}
}
else {
const err90 = {instancePath:instancePath+"/operations",schemaPath:"#/properties/operations/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err90];
}
else {
vErrors.push(err90);
}
errors++;
}
}
if(data.types !== undefined){
let data44 = data.types;
if(Array.isArray(data44)){
if(data44.length < 1){
const err91 = {instancePath:instancePath+"/types",schemaPath:"#/properties/types/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"};
if(vErrors === null){
vErrors = [err91];
}
else {
vErrors.push(err91);
}
errors++;
}
const len15 = data44.length;
for(let i27=0; i27<len15; i27++){
let data45 = data44[i27];
if(data45 && typeof data45 == "object" && !Array.isArray(data45)){
if(data45.type === undefined){
const err92 = {instancePath:instancePath+"/types/" + i27,schemaPath:"#/properties/types/items/required",keyword:"required",params:{missingProperty: "type"},message:"must have required property '"+"type"+"'"};
if(vErrors === null){
vErrors = [err92];
}
else {
vErrors.push(err92);
}
errors++;
}
if(data45.interactions === undefined){
const err93 = {instancePath:instancePath+"/types/" + i27,schemaPath:"#/properties/types/items/required",keyword:"required",params:{missingProperty: "interactions"},message:"must have required property '"+"interactions"+"'"};
if(vErrors === null){
vErrors = [err93];
}
else {
vErrors.push(err93);
}
errors++;
}
if(data45.source === undefined){
const err94 = {instancePath:instancePath+"/types/" + i27,schemaPath:"#/properties/types/items/required",keyword:"required",params:{missingProperty: "source"},message:"must have required property '"+"source"+"'"};
if(vErrors === null){
vErrors = [err94];
}
else {
vErrors.push(err94);
}
errors++;
}
if(data45.search === undefined){
const err95 = {instancePath:instancePath+"/types/" + i27,schemaPath:"#/properties/types/items/required",keyword:"required",params:{missingProperty: "search"},message:"must have required property '"+"search"+"'"};
if(vErrors === null){
vErrors = [err95];
}
else {
vErrors.push(err95);
}
errors++;
}
if(data45.ifMatch === undefined){
const err96 = {instancePath:instancePath+"/types/" + i27,schemaPath:"#/properties/types/items/required",keyword:"required",params:{missingProperty: "ifMatch"},message:"must have required property '"+"ifMatch"+"'"};
if(vErrors === null){
vErrors = [err96];
}
else {
vErrors.push(err96);
}
errors++;
}
for(const key6 in data45){
if(!(func2.call(schema11.properties.types.items.properties, key6))){
const err97 = {instancePath:instancePath+"/types/" + i27,schemaPath:"#/properties/types/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key6},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err97];
}
else {
vErrors.push(err97);
}
errors++;
}
}
if(data45.type !== undefined){
if(typeof data45.type !== "string"){
const err98 = {instancePath:instancePath+"/types/" + i27+"/type",schemaPath:"#/properties/types/items/properties/type/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err98];
}
else {
vErrors.push(err98);
}
errors++;
}
}
if(data45.interactions !== undefined){
let data47 = data45.interactions;
if(data47 && typeof data47 == "object" && !Array.isArray(data47)){
if(Object.keys(data47).length < 1){
const err99 = {instancePath:instancePath+"/types/" + i27+"/interactions",schemaPath:"#/properties/types/items/properties/interactions/minProperties",keyword:"minProperties",params:{limit: 1},message:"must NOT have fewer than 1 properties"};
if(vErrors === null){
vErrors = [err99];
}
else {
vErrors.push(err99);
}
errors++;
}
for(const key7 in data47){
if(!(func2.call(schema11.properties.types.items.properties.interactions.properties, key7))){
const err100 = {instancePath:instancePath+"/types/" + i27+"/interactions",schemaPath:"#/properties/types/items/properties/interactions/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key7},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err100];
}
else {
vErrors.push(err100);
}
errors++;
}
}
if(data47.read !== undefined){
let data48 = data47.read;
if(Array.isArray(data48)){
if(data48.length < 1){
const err101 = {instancePath:instancePath+"/types/" + i27+"/interactions/read",schemaPath:"#/properties/types/items/properties/interactions/properties/read/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"};
if(vErrors === null){
vErrors = [err101];
}
else {
vErrors.push(err101);
}
errors++;
}
const len16 = data48.length;
for(let i28=0; i28<len16; i28++){
let data49 = data48[i28];
if(!(((((((data49 === "trust") || (data49 === "pharmacist")) || (data49 === "provider")) || (data49 === "logistics")) || (data49 === "observer")) || (data49 === "manufacturer")) || (data49 === "tester"))){
const err102 = {instancePath:instancePath+"/types/" + i27+"/interactions/read/" + i28,schemaPath:"#/properties/types/items/properties/interactions/properties/read/items/enum",keyword:"enum",params:{allowedValues: schema11.properties.types.items.properties.interactions.properties.read.items.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err102];
}
else {
vErrors.push(err102);
}
errors++;
}
}
let i29 = data48.length;
let j12;
if(i29 > 1){
outer10:
for(;i29--;){
for(j12 = i29; j12--;){
if(func0(data48[i29], data48[j12])){
const err103 = {instancePath:instancePath+"/types/" + i27+"/interactions/read",schemaPath:"#/properties/types/items/properties/interactions/properties/read/uniqueItems",keyword:"uniqueItems",params:{i: i29, j: j12},message:"must NOT have duplicate items (items ## "+j12+" and "+i29+" are identical)"};
if(vErrors === null){
vErrors = [err103];
}
else {
vErrors.push(err103);
}
errors++;
break outer10;
}
}
}
}
}
else {
const err104 = {instancePath:instancePath+"/types/" + i27+"/interactions/read",schemaPath:"#/properties/types/items/properties/interactions/properties/read/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err104];
}
else {
vErrors.push(err104);
}
errors++;
}
}
if(data47.vread !== undefined){
let data50 = data47.vread;
if(Array.isArray(data50)){
if(data50.length < 1){
const err105 = {instancePath:instancePath+"/types/" + i27+"/interactions/vread",schemaPath:"#/properties/types/items/properties/interactions/properties/vread/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"};
if(vErrors === null){
vErrors = [err105];
}
else {
vErrors.push(err105);
}
errors++;
}
const len17 = data50.length;
for(let i30=0; i30<len17; i30++){
let data51 = data50[i30];
if(!(((((((data51 === "trust") || (data51 === "pharmacist")) || (data51 === "provider")) || (data51 === "logistics")) || (data51 === "observer")) || (data51 === "manufacturer")) || (data51 === "tester"))){
const err106 = {instancePath:instancePath+"/types/" + i27+"/interactions/vread/" + i30,schemaPath:"#/properties/types/items/properties/interactions/properties/vread/items/enum",keyword:"enum",params:{allowedValues: schema11.properties.types.items.properties.interactions.properties.vread.items.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err106];
}
else {
vErrors.push(err106);
}
errors++;
}
}
let i31 = data50.length;
let j13;
if(i31 > 1){
outer11:
for(;i31--;){
for(j13 = i31; j13--;){
if(func0(data50[i31], data50[j13])){
const err107 = {instancePath:instancePath+"/types/" + i27+"/interactions/vread",schemaPath:"#/properties/types/items/properties/interactions/properties/vread/uniqueItems",keyword:"uniqueItems",params:{i: i31, j: j13},message:"must NOT have duplicate items (items ## "+j13+" and "+i31+" are identical)"};
if(vErrors === null){
vErrors = [err107];
}
else {
vErrors.push(err107);
}
errors++;
break outer11;
}
}
}
}
}
else {
const err108 = {instancePath:instancePath+"/types/" + i27+"/interactions/vread",schemaPath:"#/properties/types/items/properties/interactions/properties/vread/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err108];
}
else {
vErrors.push(err108);
}
errors++;
}
}
if(data47.create !== undefined){
let data52 = data47.create;
if(Array.isArray(data52)){
if(data52.length < 1){
const err109 = {instancePath:instancePath+"/types/" + i27+"/interactions/create",schemaPath:"#/properties/types/items/properties/interactions/properties/create/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"};
if(vErrors === null){
vErrors = [err109];
}
else {
vErrors.push(err109);
}
errors++;
}
const len18 = data52.length;
for(let i32=0; i32<len18; i32++){
let data53 = data52[i32];
if(!(((((((data53 === "trust") || (data53 === "pharmacist")) || (data53 === "provider")) || (data53 === "logistics")) || (data53 === "observer")) || (data53 === "manufacturer")) || (data53 === "tester"))){
const err110 = {instancePath:instancePath+"/types/" + i27+"/interactions/create/" + i32,schemaPath:"#/properties/types/items/properties/interactions/properties/create/items/enum",keyword:"enum",params:{allowedValues: schema11.properties.types.items.properties.interactions.properties.create.items.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err110];
}
else {
vErrors.push(err110);
}
errors++;
}
}
let i33 = data52.length;
let j14;
if(i33 > 1){
outer12:
for(;i33--;){
for(j14 = i33; j14--;){
if(func0(data52[i33], data52[j14])){
const err111 = {instancePath:instancePath+"/types/" + i27+"/interactions/create",schemaPath:"#/properties/types/items/properties/interactions/properties/create/uniqueItems",keyword:"uniqueItems",params:{i: i33, j: j14},message:"must NOT have duplicate items (items ## "+j14+" and "+i33+" are identical)"};
if(vErrors === null){
vErrors = [err111];
}
else {
vErrors.push(err111);
}
errors++;
break outer12;
}
}
}
}
}
else {
const err112 = {instancePath:instancePath+"/types/" + i27+"/interactions/create",schemaPath:"#/properties/types/items/properties/interactions/properties/create/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err112];
}
else {
vErrors.push(err112);
}
errors++;
}
}
if(data47.update !== undefined){
let data54 = data47.update;
if(Array.isArray(data54)){
if(data54.length < 1){
const err113 = {instancePath:instancePath+"/types/" + i27+"/interactions/update",schemaPath:"#/properties/types/items/properties/interactions/properties/update/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"};
if(vErrors === null){
vErrors = [err113];
}
else {
vErrors.push(err113);
}
errors++;
}
const len19 = data54.length;
for(let i34=0; i34<len19; i34++){
let data55 = data54[i34];
if(!(((((((data55 === "trust") || (data55 === "pharmacist")) || (data55 === "provider")) || (data55 === "logistics")) || (data55 === "observer")) || (data55 === "manufacturer")) || (data55 === "tester"))){
const err114 = {instancePath:instancePath+"/types/" + i27+"/interactions/update/" + i34,schemaPath:"#/properties/types/items/properties/interactions/properties/update/items/enum",keyword:"enum",params:{allowedValues: schema11.properties.types.items.properties.interactions.properties.update.items.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err114];
}
else {
vErrors.push(err114);
}
errors++;
}
}
let i35 = data54.length;
let j15;
if(i35 > 1){
outer13:
for(;i35--;){
for(j15 = i35; j15--;){
if(func0(data54[i35], data54[j15])){
const err115 = {instancePath:instancePath+"/types/" + i27+"/interactions/update",schemaPath:"#/properties/types/items/properties/interactions/properties/update/uniqueItems",keyword:"uniqueItems",params:{i: i35, j: j15},message:"must NOT have duplicate items (items ## "+j15+" and "+i35+" are identical)"};
if(vErrors === null){
vErrors = [err115];
}
else {
vErrors.push(err115);
}
errors++;
break outer13;
}
}
}
}
}
else {
const err116 = {instancePath:instancePath+"/types/" + i27+"/interactions/update",schemaPath:"#/properties/types/items/properties/interactions/properties/update/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err116];
}
else {
vErrors.push(err116);
}
errors++;
}
}
if(data47.patch !== undefined){
let data56 = data47.patch;
if(Array.isArray(data56)){
if(data56.length < 1){
const err117 = {instancePath:instancePath+"/types/" + i27+"/interactions/patch",schemaPath:"#/properties/types/items/properties/interactions/properties/patch/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"};
if(vErrors === null){
vErrors = [err117];
}
else {
vErrors.push(err117);
}
errors++;
}
const len20 = data56.length;
for(let i36=0; i36<len20; i36++){
let data57 = data56[i36];
if(!(((((((data57 === "trust") || (data57 === "pharmacist")) || (data57 === "provider")) || (data57 === "logistics")) || (data57 === "observer")) || (data57 === "manufacturer")) || (data57 === "tester"))){
const err118 = {instancePath:instancePath+"/types/" + i27+"/interactions/patch/" + i36,schemaPath:"#/properties/types/items/properties/interactions/properties/patch/items/enum",keyword:"enum",params:{allowedValues: schema11.properties.types.items.properties.interactions.properties.patch.items.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err118];
}
else {
vErrors.push(err118);
}
errors++;
}
}
let i37 = data56.length;
let j16;
if(i37 > 1){
outer14:
for(;i37--;){
for(j16 = i37; j16--;){
if(func0(data56[i37], data56[j16])){
const err119 = {instancePath:instancePath+"/types/" + i27+"/interactions/patch",schemaPath:"#/properties/types/items/properties/interactions/properties/patch/uniqueItems",keyword:"uniqueItems",params:{i: i37, j: j16},message:"must NOT have duplicate items (items ## "+j16+" and "+i37+" are identical)"};
if(vErrors === null){
vErrors = [err119];
}
else {
vErrors.push(err119);
}
errors++;
break outer14;
}
}
}
}
}
else {
const err120 = {instancePath:instancePath+"/types/" + i27+"/interactions/patch",schemaPath:"#/properties/types/items/properties/interactions/properties/patch/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err120];
}
else {
vErrors.push(err120);
}
errors++;
}
}
if(data47.delete !== undefined){
let data58 = data47.delete;
if(Array.isArray(data58)){
if(data58.length < 1){
const err121 = {instancePath:instancePath+"/types/" + i27+"/interactions/delete",schemaPath:"#/properties/types/items/properties/interactions/properties/delete/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"};
if(vErrors === null){
vErrors = [err121];
}
else {
vErrors.push(err121);
}
errors++;
}
const len21 = data58.length;
for(let i38=0; i38<len21; i38++){
let data59 = data58[i38];
if(!(((((((data59 === "trust") || (data59 === "pharmacist")) || (data59 === "provider")) || (data59 === "logistics")) || (data59 === "observer")) || (data59 === "manufacturer")) || (data59 === "tester"))){
const err122 = {instancePath:instancePath+"/types/" + i27+"/interactions/delete/" + i38,schemaPath:"#/properties/types/items/properties/interactions/properties/delete/items/enum",keyword:"enum",params:{allowedValues: schema11.properties.types.items.properties.interactions.properties.delete.items.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err122];
}
else {
vErrors.push(err122);
}
errors++;
}
}
let i39 = data58.length;
let j17;
if(i39 > 1){
outer15:
for(;i39--;){
for(j17 = i39; j17--;){
if(func0(data58[i39], data58[j17])){
const err123 = {instancePath:instancePath+"/types/" + i27+"/interactions/delete",schemaPath:"#/properties/types/items/properties/interactions/properties/delete/uniqueItems",keyword:"uniqueItems",params:{i: i39, j: j17},message:"must NOT have duplicate items (items ## "+j17+" and "+i39+" are identical)"};
if(vErrors === null){
vErrors = [err123];
}
else {
vErrors.push(err123);
}
errors++;
break outer15;
}
}
}
}
}
else {
const err124 = {instancePath:instancePath+"/types/" + i27+"/interactions/delete",schemaPath:"#/properties/types/items/properties/interactions/properties/delete/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err124];
}
else {
vErrors.push(err124);
}
errors++;
}
}
if(data47["history-instance"] !== undefined){
let data60 = data47["history-instance"];
if(Array.isArray(data60)){
if(data60.length < 1){
const err125 = {instancePath:instancePath+"/types/" + i27+"/interactions/history-instance",schemaPath:"#/properties/types/items/properties/interactions/properties/history-instance/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"};
if(vErrors === null){
vErrors = [err125];
}
else {
vErrors.push(err125);
}
errors++;
}
const len22 = data60.length;
for(let i40=0; i40<len22; i40++){
let data61 = data60[i40];
if(!(((((((data61 === "trust") || (data61 === "pharmacist")) || (data61 === "provider")) || (data61 === "logistics")) || (data61 === "observer")) || (data61 === "manufacturer")) || (data61 === "tester"))){
const err126 = {instancePath:instancePath+"/types/" + i27+"/interactions/history-instance/" + i40,schemaPath:"#/properties/types/items/properties/interactions/properties/history-instance/items/enum",keyword:"enum",params:{allowedValues: schema11.properties.types.items.properties.interactions.properties["history-instance"].items.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err126];
}
else {
vErrors.push(err126);
}
errors++;
}
}
let i41 = data60.length;
let j18;
if(i41 > 1){
outer16:
for(;i41--;){
for(j18 = i41; j18--;){
if(func0(data60[i41], data60[j18])){
const err127 = {instancePath:instancePath+"/types/" + i27+"/interactions/history-instance",schemaPath:"#/properties/types/items/properties/interactions/properties/history-instance/uniqueItems",keyword:"uniqueItems",params:{i: i41, j: j18},message:"must NOT have duplicate items (items ## "+j18+" and "+i41+" are identical)"};
if(vErrors === null){
vErrors = [err127];
}
else {
vErrors.push(err127);
}
errors++;
break outer16;
}
}
}
}
}
else {
const err128 = {instancePath:instancePath+"/types/" + i27+"/interactions/history-instance",schemaPath:"#/properties/types/items/properties/interactions/properties/history-instance/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err128];
}
else {
vErrors.push(err128);
}
errors++;
}
}
if(data47["history-type"] !== undefined){
let data62 = data47["history-type"];
if(Array.isArray(data62)){
if(data62.length < 1){
const err129 = {instancePath:instancePath+"/types/" + i27+"/interactions/history-type",schemaPath:"#/properties/types/items/properties/interactions/properties/history-type/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"};
if(vErrors === null){
vErrors = [err129];
}
else {
vErrors.push(err129);
}
errors++;
}
const len23 = data62.length;
for(let i42=0; i42<len23; i42++){
let data63 = data62[i42];
if(!(((((((data63 === "trust") || (data63 === "pharmacist")) || (data63 === "provider")) || (data63 === "logistics")) || (data63 === "observer")) || (data63 === "manufacturer")) || (data63 === "tester"))){
const err130 = {instancePath:instancePath+"/types/" + i27+"/interactions/history-type/" + i42,schemaPath:"#/properties/types/items/properties/interactions/properties/history-type/items/enum",keyword:"enum",params:{allowedValues: schema11.properties.types.items.properties.interactions.properties["history-type"].items.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err130];
}
else {
vErrors.push(err130);
}
errors++;
}
}
let i43 = data62.length;
let j19;
if(i43 > 1){
outer17:
for(;i43--;){
for(j19 = i43; j19--;){
if(func0(data62[i43], data62[j19])){
const err131 = {instancePath:instancePath+"/types/" + i27+"/interactions/history-type",schemaPath:"#/properties/types/items/properties/interactions/properties/history-type/uniqueItems",keyword:"uniqueItems",params:{i: i43, j: j19},message:"must NOT have duplicate items (items ## "+j19+" and "+i43+" are identical)"};
if(vErrors === null){
vErrors = [err131];
}
else {
vErrors.push(err131);
}
errors++;
break outer17;
}
}
}
}
}
else {
const err132 = {instancePath:instancePath+"/types/" + i27+"/interactions/history-type",schemaPath:"#/properties/types/items/properties/interactions/properties/history-type/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err132];
}
else {
vErrors.push(err132);
}
errors++;
}
}
if(data47["search-type"] !== undefined){
let data64 = data47["search-type"];
if(Array.isArray(data64)){
if(data64.length < 1){
const err133 = {instancePath:instancePath+"/types/" + i27+"/interactions/search-type",schemaPath:"#/properties/types/items/properties/interactions/properties/search-type/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"};
if(vErrors === null){
vErrors = [err133];
}
else {
vErrors.push(err133);
}
errors++;
}
const len24 = data64.length;
for(let i44=0; i44<len24; i44++){
let data65 = data64[i44];
if(!(((((((data65 === "trust") || (data65 === "pharmacist")) || (data65 === "provider")) || (data65 === "logistics")) || (data65 === "observer")) || (data65 === "manufacturer")) || (data65 === "tester"))){
const err134 = {instancePath:instancePath+"/types/" + i27+"/interactions/search-type/" + i44,schemaPath:"#/properties/types/items/properties/interactions/properties/search-type/items/enum",keyword:"enum",params:{allowedValues: schema11.properties.types.items.properties.interactions.properties["search-type"].items.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err134];
}
else {
vErrors.push(err134);
}
errors++;
}
}
let i45 = data64.length;
let j20;
if(i45 > 1){
outer18:
for(;i45--;){
for(j20 = i45; j20--;){
if(func0(data64[i45], data64[j20])){
const err135 = {instancePath:instancePath+"/types/" + i27+"/interactions/search-type",schemaPath:"#/properties/types/items/properties/interactions/properties/search-type/uniqueItems",keyword:"uniqueItems",params:{i: i45, j: j20},message:"must NOT have duplicate items (items ## "+j20+" and "+i45+" are identical)"};
if(vErrors === null){
vErrors = [err135];
}
else {
vErrors.push(err135);
}
errors++;
break outer18;
}
}
}
}
}
else {
const err136 = {instancePath:instancePath+"/types/" + i27+"/interactions/search-type",schemaPath:"#/properties/types/items/properties/interactions/properties/search-type/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err136];
}
else {
vErrors.push(err136);
}
errors++;
}
}
}
else {
const err137 = {instancePath:instancePath+"/types/" + i27+"/interactions",schemaPath:"#/properties/types/items/properties/interactions/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err137];
}
else {
vErrors.push(err137);
}
errors++;
}
}
if(data45.source !== undefined){
let data66 = data45.source;
if(!(((data66 === "store") || (data66 === "definitions")) || (data66 === "audit"))){
const err138 = {instancePath:instancePath+"/types/" + i27+"/source",schemaPath:"#/properties/types/items/properties/source/enum",keyword:"enum",params:{allowedValues: schema11.properties.types.items.properties.source.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err138];
}
else {
vErrors.push(err138);
}
errors++;
}
}
if(data45.profile !== undefined){
if(typeof data45.profile !== "string"){
const err139 = {instancePath:instancePath+"/types/" + i27+"/profile",schemaPath:"#/properties/types/items/properties/profile/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err139];
}
else {
vErrors.push(err139);
}
errors++;
}
}
if(data45.search !== undefined){
let data68 = data45.search;
const _errs121 = errors;
let valid79 = false;
let passing0 = null;
const _errs122 = errors;
if("*" !== data68){
const err140 = {instancePath:instancePath+"/types/" + i27+"/search",schemaPath:"#/properties/types/items/properties/search/oneOf/0/const",keyword:"const",params:{allowedValue: "*"},message:"must be equal to constant"};
if(vErrors === null){
vErrors = [err140];
}
else {
vErrors.push(err140);
}
errors++;
}
var _valid0 = _errs122 === errors;
if(_valid0){
valid79 = true;
passing0 = 0;
}
const _errs123 = errors;
if(Array.isArray(data68)){
const len25 = data68.length;
for(let i46=0; i46<len25; i46++){
if(typeof data68[i46] !== "string"){
const err141 = {instancePath:instancePath+"/types/" + i27+"/search/" + i46,schemaPath:"#/properties/types/items/properties/search/oneOf/1/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err141];
}
else {
vErrors.push(err141);
}
errors++;
}
}
}
else {
const err142 = {instancePath:instancePath+"/types/" + i27+"/search",schemaPath:"#/properties/types/items/properties/search/oneOf/1/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err142];
}
else {
vErrors.push(err142);
}
errors++;
}
var _valid0 = _errs123 === errors;
if(_valid0 && valid79){
valid79 = false;
passing0 = [passing0, 1];
}
else {
if(_valid0){
valid79 = true;
passing0 = 1;
}
}
if(!valid79){
const err143 = {instancePath:instancePath+"/types/" + i27+"/search",schemaPath:"#/properties/types/items/properties/search/oneOf",keyword:"oneOf",params:{passingSchemas: passing0},message:"must match exactly one schema in oneOf"};
if(vErrors === null){
vErrors = [err143];
}
else {
vErrors.push(err143);
}
errors++;
}
else {
errors = _errs121;
if(vErrors !== null){
if(_errs121){
vErrors.length = _errs121;
}
else {
vErrors = null;
}
}
}
}
if(data45.ifMatch !== undefined){
let data70 = data45.ifMatch;
if(!((data70 === "required") || (data70 === "optional"))){
const err144 = {instancePath:instancePath+"/types/" + i27+"/ifMatch",schemaPath:"#/properties/types/items/properties/ifMatch/enum",keyword:"enum",params:{allowedValues: schema11.properties.types.items.properties.ifMatch.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err144];
}
else {
vErrors.push(err144);
}
errors++;
}
}
if(data45.updateCreate !== undefined){
if(typeof data45.updateCreate !== "boolean"){
const err145 = {instancePath:instancePath+"/types/" + i27+"/updateCreate",schemaPath:"#/properties/types/items/properties/updateCreate/type",keyword:"type",params:{type: "boolean"},message:"must be boolean"};
if(vErrors === null){
vErrors = [err145];
}
else {
vErrors.push(err145);
}
errors++;
}
}
if(data45.deletable !== undefined){
let data72 = data45.deletable;
if(data72 && typeof data72 == "object" && !Array.isArray(data72)){
if(data72.status === undefined){
const err146 = {instancePath:instancePath+"/types/" + i27+"/deletable",schemaPath:"#/properties/types/items/properties/deletable/required",keyword:"required",params:{missingProperty: "status"},message:"must have required property '"+"status"+"'"};
if(vErrors === null){
vErrors = [err146];
}
else {
vErrors.push(err146);
}
errors++;
}
if(data72.instead === undefined){
const err147 = {instancePath:instancePath+"/types/" + i27+"/deletable",schemaPath:"#/properties/types/items/properties/deletable/required",keyword:"required",params:{missingProperty: "instead"},message:"must have required property '"+"instead"+"'"};
if(vErrors === null){
vErrors = [err147];
}
else {
vErrors.push(err147);
}
errors++;
}
for(const key8 in data72){
if(!((key8 === "status") || (key8 === "instead"))){
const err148 = {instancePath:instancePath+"/types/" + i27+"/deletable",schemaPath:"#/properties/types/items/properties/deletable/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key8},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err148];
}
else {
vErrors.push(err148);
}
errors++;
}
}
if(data72.status !== undefined){
let data73 = data72.status;
if(Array.isArray(data73)){
if(data73.length < 1){
const err149 = {instancePath:instancePath+"/types/" + i27+"/deletable/status",schemaPath:"#/properties/types/items/properties/deletable/properties/status/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"};
if(vErrors === null){
vErrors = [err149];
}
else {
vErrors.push(err149);
}
errors++;
}
const len26 = data73.length;
for(let i47=0; i47<len26; i47++){
if(typeof data73[i47] !== "string"){
const err150 = {instancePath:instancePath+"/types/" + i27+"/deletable/status/" + i47,schemaPath:"#/properties/types/items/properties/deletable/properties/status/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err150];
}
else {
vErrors.push(err150);
}
errors++;
}
}
}
else {
const err151 = {instancePath:instancePath+"/types/" + i27+"/deletable/status",schemaPath:"#/properties/types/items/properties/deletable/properties/status/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err151];
}
else {
vErrors.push(err151);
}
errors++;
}
}
if(data72.instead !== undefined){
let data75 = data72.instead;
if(typeof data75 === "string"){
if(func3(data75) < 1){
const err152 = {instancePath:instancePath+"/types/" + i27+"/deletable/instead",schemaPath:"#/properties/types/items/properties/deletable/properties/instead/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err152];
}
else {
vErrors.push(err152);
}
errors++;
}
}
else {
const err153 = {instancePath:instancePath+"/types/" + i27+"/deletable/instead",schemaPath:"#/properties/types/items/properties/deletable/properties/instead/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err153];
}
else {
vErrors.push(err153);
}
errors++;
}
}
}
else {
const err154 = {instancePath:instancePath+"/types/" + i27+"/deletable",schemaPath:"#/properties/types/items/properties/deletable/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err154];
}
else {
vErrors.push(err154);
}
errors++;
}
}
if(data45.lifecycle !== undefined){
let data76 = data45.lifecycle;
if(Array.isArray(data76)){
if(data76.length < 1){
const err155 = {instancePath:instancePath+"/types/" + i27+"/lifecycle",schemaPath:"#/properties/types/items/properties/lifecycle/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"};
if(vErrors === null){
vErrors = [err155];
}
else {
vErrors.push(err155);
}
errors++;
}
const len27 = data76.length;
for(let i48=0; i48<len27; i48++){
if(typeof data76[i48] !== "string"){
const err156 = {instancePath:instancePath+"/types/" + i27+"/lifecycle/" + i48,schemaPath:"#/properties/types/items/properties/lifecycle/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err156];
}
else {
vErrors.push(err156);
}
errors++;
}
}
}
else {
const err157 = {instancePath:instancePath+"/types/" + i27+"/lifecycle",schemaPath:"#/properties/types/items/properties/lifecycle/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err157];
}
else {
vErrors.push(err157);
}
errors++;
}
}
if(data45.access !== undefined){
let data78 = data45.access;
if(data78 && typeof data78 == "object" && !Array.isArray(data78)){
for(const key9 in data78){
if(!(((key9 === "requester") || (key9 === "owner")) || (key9 === "carriers"))){
const err158 = {instancePath:instancePath+"/types/" + i27+"/access",schemaPath:"#/properties/types/items/properties/access/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key9},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err158];
}
else {
vErrors.push(err158);
}
errors++;
}
}
if(data78.requester !== undefined){
let data79 = data78.requester;
if(Array.isArray(data79)){
if(data79.length < 1){
const err159 = {instancePath:instancePath+"/types/" + i27+"/access/requester",schemaPath:"#/properties/types/items/properties/access/properties/requester/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"};
if(vErrors === null){
vErrors = [err159];
}
else {
vErrors.push(err159);
}
errors++;
}
const len28 = data79.length;
for(let i49=0; i49<len28; i49++){
let data80 = data79[i49];
if(typeof data80 === "string"){
if(!pattern3.test(data80)){
const err160 = {instancePath:instancePath+"/types/" + i27+"/access/requester/" + i49,schemaPath:"#/properties/types/items/properties/access/properties/requester/items/pattern",keyword:"pattern",params:{pattern: "^[a-zA-Z.]+$"},message:"must match pattern \""+"^[a-zA-Z.]+$"+"\""};
if(vErrors === null){
vErrors = [err160];
}
else {
vErrors.push(err160);
}
errors++;
}
}
else {
const err161 = {instancePath:instancePath+"/types/" + i27+"/access/requester/" + i49,schemaPath:"#/properties/types/items/properties/access/properties/requester/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err161];
}
else {
vErrors.push(err161);
}
errors++;
}
}
}
else {
const err162 = {instancePath:instancePath+"/types/" + i27+"/access/requester",schemaPath:"#/properties/types/items/properties/access/properties/requester/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err162];
}
else {
vErrors.push(err162);
}
errors++;
}
}
if(data78.owner !== undefined){
let data81 = data78.owner;
if(Array.isArray(data81)){
if(data81.length < 1){
const err163 = {instancePath:instancePath+"/types/" + i27+"/access/owner",schemaPath:"#/properties/types/items/properties/access/properties/owner/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"};
if(vErrors === null){
vErrors = [err163];
}
else {
vErrors.push(err163);
}
errors++;
}
const len29 = data81.length;
for(let i50=0; i50<len29; i50++){
let data82 = data81[i50];
if(typeof data82 === "string"){
if(!pattern3.test(data82)){
const err164 = {instancePath:instancePath+"/types/" + i27+"/access/owner/" + i50,schemaPath:"#/properties/types/items/properties/access/properties/owner/items/pattern",keyword:"pattern",params:{pattern: "^[a-zA-Z.]+$"},message:"must match pattern \""+"^[a-zA-Z.]+$"+"\""};
if(vErrors === null){
vErrors = [err164];
}
else {
vErrors.push(err164);
}
errors++;
}
}
else {
const err165 = {instancePath:instancePath+"/types/" + i27+"/access/owner/" + i50,schemaPath:"#/properties/types/items/properties/access/properties/owner/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err165];
}
else {
vErrors.push(err165);
}
errors++;
}
}
}
else {
const err166 = {instancePath:instancePath+"/types/" + i27+"/access/owner",schemaPath:"#/properties/types/items/properties/access/properties/owner/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err166];
}
else {
vErrors.push(err166);
}
errors++;
}
}
if(data78.carriers !== undefined){
if(typeof data78.carriers !== "string"){
const err167 = {instancePath:instancePath+"/types/" + i27+"/access/carriers",schemaPath:"#/properties/types/items/properties/access/properties/carriers/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err167];
}
else {
vErrors.push(err167);
}
errors++;
}
}
}
else {
const err168 = {instancePath:instancePath+"/types/" + i27+"/access",schemaPath:"#/properties/types/items/properties/access/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err168];
}
else {
vErrors.push(err168);
}
errors++;
}
}
if(data45.views !== undefined){
let data84 = data45.views;
if(data84 && typeof data84 == "object" && !Array.isArray(data84)){
for(const key10 in data84){
const _errs158 = errors;
if(!(((((((key10 === "trust") || (key10 === "pharmacist")) || (key10 === "provider")) || (key10 === "logistics")) || (key10 === "observer")) || (key10 === "manufacturer")) || (key10 === "tester"))){
const err169 = {instancePath:instancePath+"/types/" + i27+"/views",schemaPath:"#/properties/types/items/properties/views/propertyNames/enum",keyword:"enum",params:{allowedValues: schema11.properties.types.items.properties.views.propertyNames.enum},message:"must be equal to one of the allowed values",propertyName:key10};
if(vErrors === null){
vErrors = [err169];
}
else {
vErrors.push(err169);
}
errors++;
}
var valid92 = _errs158 === errors;
if(!valid92){
const err170 = {instancePath:instancePath+"/types/" + i27+"/views",schemaPath:"#/properties/types/items/properties/views/propertyNames",keyword:"propertyNames",params:{propertyName: key10},message:"property name must be valid"};
if(vErrors === null){
vErrors = [err170];
}
else {
vErrors.push(err170);
}
errors++;
}
}
for(const key11 in data84){
let data85 = data84[key11];
if(data85 && typeof data85 == "object" && !Array.isArray(data85)){
if(data85.elements === undefined){
const err171 = {instancePath:instancePath+"/types/" + i27+"/views/" + key11.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/types/items/properties/views/additionalProperties/required",keyword:"required",params:{missingProperty: "elements"},message:"must have required property '"+"elements"+"'"};
if(vErrors === null){
vErrors = [err171];
}
else {
vErrors.push(err171);
}
errors++;
}
if(data85.search === undefined){
const err172 = {instancePath:instancePath+"/types/" + i27+"/views/" + key11.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/types/items/properties/views/additionalProperties/required",keyword:"required",params:{missingProperty: "search"},message:"must have required property '"+"search"+"'"};
if(vErrors === null){
vErrors = [err172];
}
else {
vErrors.push(err172);
}
errors++;
}
for(const key12 in data85){
if(!(((key12 === "elements") || (key12 === "items")) || (key12 === "search"))){
const err173 = {instancePath:instancePath+"/types/" + i27+"/views/" + key11.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/types/items/properties/views/additionalProperties/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key12},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err173];
}
else {
vErrors.push(err173);
}
errors++;
}
}
if(data85.elements !== undefined){
let data86 = data85.elements;
if(Array.isArray(data86)){
if(data86.length < 1){
const err174 = {instancePath:instancePath+"/types/" + i27+"/views/" + key11.replace(/~/g, "~0").replace(/\//g, "~1")+"/elements",schemaPath:"#/properties/types/items/properties/views/additionalProperties/properties/elements/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"};
if(vErrors === null){
vErrors = [err174];
}
else {
vErrors.push(err174);
}
errors++;
}
const len30 = data86.length;
for(let i51=0; i51<len30; i51++){
let data87 = data86[i51];
if(typeof data87 === "string"){
if(!pattern3.test(data87)){
const err175 = {instancePath:instancePath+"/types/" + i27+"/views/" + key11.replace(/~/g, "~0").replace(/\//g, "~1")+"/elements/" + i51,schemaPath:"#/properties/types/items/properties/views/additionalProperties/properties/elements/items/pattern",keyword:"pattern",params:{pattern: "^[a-zA-Z.]+$"},message:"must match pattern \""+"^[a-zA-Z.]+$"+"\""};
if(vErrors === null){
vErrors = [err175];
}
else {
vErrors.push(err175);
}
errors++;
}
}
else {
const err176 = {instancePath:instancePath+"/types/" + i27+"/views/" + key11.replace(/~/g, "~0").replace(/\//g, "~1")+"/elements/" + i51,schemaPath:"#/properties/types/items/properties/views/additionalProperties/properties/elements/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err176];
}
else {
vErrors.push(err176);
}
errors++;
}
}
}
else {
const err177 = {instancePath:instancePath+"/types/" + i27+"/views/" + key11.replace(/~/g, "~0").replace(/\//g, "~1")+"/elements",schemaPath:"#/properties/types/items/properties/views/additionalProperties/properties/elements/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err177];
}
else {
vErrors.push(err177);
}
errors++;
}
}
if(data85.items !== undefined){
let data88 = data85.items;
if(data88 && typeof data88 == "object" && !Array.isArray(data88)){
for(const key13 in data88){
let data89 = data88[key13];
if(Array.isArray(data89)){
if(data89.length < 1){
const err178 = {instancePath:instancePath+"/types/" + i27+"/views/" + key11.replace(/~/g, "~0").replace(/\//g, "~1")+"/items/" + key13.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/types/items/properties/views/additionalProperties/properties/items/additionalProperties/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"};
if(vErrors === null){
vErrors = [err178];
}
else {
vErrors.push(err178);
}
errors++;
}
const len31 = data89.length;
for(let i52=0; i52<len31; i52++){
if(typeof data89[i52] !== "string"){
const err179 = {instancePath:instancePath+"/types/" + i27+"/views/" + key11.replace(/~/g, "~0").replace(/\//g, "~1")+"/items/" + key13.replace(/~/g, "~0").replace(/\//g, "~1")+"/" + i52,schemaPath:"#/properties/types/items/properties/views/additionalProperties/properties/items/additionalProperties/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err179];
}
else {
vErrors.push(err179);
}
errors++;
}
}
}
else {
const err180 = {instancePath:instancePath+"/types/" + i27+"/views/" + key11.replace(/~/g, "~0").replace(/\//g, "~1")+"/items/" + key13.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/types/items/properties/views/additionalProperties/properties/items/additionalProperties/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err180];
}
else {
vErrors.push(err180);
}
errors++;
}
}
}
else {
const err181 = {instancePath:instancePath+"/types/" + i27+"/views/" + key11.replace(/~/g, "~0").replace(/\//g, "~1")+"/items",schemaPath:"#/properties/types/items/properties/views/additionalProperties/properties/items/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err181];
}
else {
vErrors.push(err181);
}
errors++;
}
}
if(data85.search !== undefined){
let data91 = data85.search;
if(Array.isArray(data91)){
const len32 = data91.length;
for(let i53=0; i53<len32; i53++){
if(typeof data91[i53] !== "string"){
const err182 = {instancePath:instancePath+"/types/" + i27+"/views/" + key11.replace(/~/g, "~0").replace(/\//g, "~1")+"/search/" + i53,schemaPath:"#/properties/types/items/properties/views/additionalProperties/properties/search/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err182];
}
else {
vErrors.push(err182);
}
errors++;
}
}
}
else {
const err183 = {instancePath:instancePath+"/types/" + i27+"/views/" + key11.replace(/~/g, "~0").replace(/\//g, "~1")+"/search",schemaPath:"#/properties/types/items/properties/views/additionalProperties/properties/search/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err183];
}
else {
vErrors.push(err183);
}
errors++;
}
}
}
else {
const err184 = {instancePath:instancePath+"/types/" + i27+"/views/" + key11.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/types/items/properties/views/additionalProperties/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err184];
}
else {
vErrors.push(err184);
}
errors++;
}
}
}
else {
const err185 = {instancePath:instancePath+"/types/" + i27+"/views",schemaPath:"#/properties/types/items/properties/views/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err185];
}
else {
vErrors.push(err185);
}
errors++;
}
}
if(data45.inherits !== undefined){
let data93 = data45.inherits;
if(Array.isArray(data93)){
if(data93.length < 1){
const err186 = {instancePath:instancePath+"/types/" + i27+"/inherits",schemaPath:"#/properties/types/items/properties/inherits/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"};
if(vErrors === null){
vErrors = [err186];
}
else {
vErrors.push(err186);
}
errors++;
}
const len33 = data93.length;
for(let i54=0; i54<len33; i54++){
let data94 = data93[i54];
if(typeof data94 === "string"){
if(!pattern3.test(data94)){
const err187 = {instancePath:instancePath+"/types/" + i27+"/inherits/" + i54,schemaPath:"#/properties/types/items/properties/inherits/items/pattern",keyword:"pattern",params:{pattern: "^[a-zA-Z.]+$"},message:"must match pattern \""+"^[a-zA-Z.]+$"+"\""};
if(vErrors === null){
vErrors = [err187];
}
else {
vErrors.push(err187);
}
errors++;
}
}
else {
const err188 = {instancePath:instancePath+"/types/" + i27+"/inherits/" + i54,schemaPath:"#/properties/types/items/properties/inherits/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err188];
}
else {
vErrors.push(err188);
}
errors++;
}
}
}
else {
const err189 = {instancePath:instancePath+"/types/" + i27+"/inherits",schemaPath:"#/properties/types/items/properties/inherits/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err189];
}
else {
vErrors.push(err189);
}
errors++;
}
}
if(data45.shares !== undefined){
let data95 = data45.shares;
if(Array.isArray(data95)){
if(data95.length < 1){
const err190 = {instancePath:instancePath+"/types/" + i27+"/shares",schemaPath:"#/properties/types/items/properties/shares/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"};
if(vErrors === null){
vErrors = [err190];
}
else {
vErrors.push(err190);
}
errors++;
}
const len34 = data95.length;
for(let i55=0; i55<len34; i55++){
let data96 = data95[i55];
if(typeof data96 === "string"){
if(!pattern3.test(data96)){
const err191 = {instancePath:instancePath+"/types/" + i27+"/shares/" + i55,schemaPath:"#/properties/types/items/properties/shares/items/pattern",keyword:"pattern",params:{pattern: "^[a-zA-Z.]+$"},message:"must match pattern \""+"^[a-zA-Z.]+$"+"\""};
if(vErrors === null){
vErrors = [err191];
}
else {
vErrors.push(err191);
}
errors++;
}
}
else {
const err192 = {instancePath:instancePath+"/types/" + i27+"/shares/" + i55,schemaPath:"#/properties/types/items/properties/shares/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err192];
}
else {
vErrors.push(err192);
}
errors++;
}
}
}
else {
const err193 = {instancePath:instancePath+"/types/" + i27+"/shares",schemaPath:"#/properties/types/items/properties/shares/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err193];
}
else {
vErrors.push(err193);
}
errors++;
}
}
if(data45.documentation !== undefined){
if(typeof data45.documentation !== "string"){
const err194 = {instancePath:instancePath+"/types/" + i27+"/documentation",schemaPath:"#/properties/types/items/properties/documentation/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err194];
}
else {
vErrors.push(err194);
}
errors++;
}
}
}
else {
const err195 = {instancePath:instancePath+"/types/" + i27,schemaPath:"#/properties/types/items/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err195];
}
else {
vErrors.push(err195);
}
errors++;
}
}
}
else {
const err196 = {instancePath:instancePath+"/types",schemaPath:"#/properties/types/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err196];
}
else {
vErrors.push(err196);
}
errors++;
}
}
}
else {
const err197 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err197];
}
else {
vErrors.push(err197);
}
errors++;
}
validate10.errors = vErrors;
return errors === 0;
}

return module.exports;
};
exports["3816eebb6e4d21d5ed968d4a6a1b4091"] = function isLifecycleTable() {
const module = {};
"use strict";
module.exports = validate10;
module.exports.default = validate10;
const schema11 = {"type":"object","additionalProperties":false,"required":["name","resourceType","appliesTo","reasonElement","staleReason","mutable","states","initial","transitions"],"properties":{"name":{"type":"string","minLength":1},"resourceType":{"type":"string","minLength":1},"appliesTo":{"type":"string","minLength":1},"businessStatus":{"type":"string","minLength":1},"reasonElement":{"type":"string","minLength":1},"staleReason":{"enum":["remove","refuse"]},"mutable":{"anyOf":[{"const":"*"},{"type":"object","additionalProperties":{"type":"array","items":{"enum":["trust","pharmacist","provider","logistics","observer","manufacturer","tester","service"]},"minItems":1}}]},"states":{"type":"array","minItems":1,"items":{"type":"object","additionalProperties":false,"required":["code","status","display","nextActor"],"properties":{"code":{"type":"string","minLength":1},"status":{"type":"string","minLength":1},"display":{"type":"string","minLength":1},"nextActor":{"enum":["trust","provider","service","patient","nobody"]},"terminal":{"type":"boolean"},"patientWording":{"type":"string","minLength":1},"requires":{"type":"array","items":{"type":"object","additionalProperties":false,"required":["expression","human"],"properties":{"expression":{"type":"string","minLength":1},"human":{"type":"string","minLength":1},"element":{"type":"string","minLength":1}}}},"until":{"type":"string","minLength":1},"mutable":{"anyOf":[{"const":"*"},{"type":"object","additionalProperties":{"type":"array","items":{"enum":["trust","pharmacist","provider","logistics","observer","manufacturer","tester","service"]},"minItems":1}}]}}}},"initial":{"type":"array","minItems":1,"items":{"type":"object","additionalProperties":false,"required":["state","by","event"],"properties":{"state":{"type":"string","minLength":1},"by":{"type":"array","items":{"enum":["trust","pharmacist","provider","logistics","observer","manufacturer","tester","service"]},"minItems":1},"event":{"type":"string","minLength":1},"reason":{"type":"object","additionalProperties":false,"required":["required"],"properties":{"required":{"type":"boolean"},"valueSet":{"type":"string","minLength":1}}},"effects":{"type":"array","items":{"type":"string","minLength":1},"minItems":1},"default":{"type":"boolean"}}}},"transitions":{"type":"array","items":{"type":"object","additionalProperties":false,"required":["from","to","by","event"],"properties":{"from":{"type":"array","items":{"type":"string","minLength":1},"minItems":1},"to":{"type":"string","minLength":1},"by":{"type":"array","items":{"enum":["trust","pharmacist","provider","logistics","observer","manufacturer","tester","service"]},"minItems":1},"event":{"type":"string","minLength":1},"requires":{"type":"array","items":{"type":"object","additionalProperties":false,"required":["expression","human"],"properties":{"expression":{"type":"string","minLength":1},"human":{"type":"string","minLength":1},"element":{"type":"string","minLength":1}}}},"reason":{"type":"object","additionalProperties":false,"required":["required"],"properties":{"required":{"type":"boolean"},"valueSet":{"type":"string","minLength":1}}},"checks":{"type":"array","items":{"enum":["delivery-time"]}},"sets":{"type":"array","items":{"enum":["record-booking","record-held-from","release-held-from","record-cancel-outcome","keep-time"]}},"effects":{"type":"array","items":{"type":"string","minLength":1},"minItems":1},"default":{"type":"boolean"},"changes":{"type":"string","minLength":1},"afterEnd":{"type":"boolean"},"skips":{"type":"boolean"},"anew":{"type":"boolean"}}}},"milestones":{"type":"array","items":{"type":"string","minLength":1},"minItems":1},"marks":{"type":"array","items":{"type":"object","additionalProperties":false,"required":["extension","from","event"],"properties":{"extension":{"type":"string","minLength":1},"from":{"type":"array","items":{"type":"string","minLength":1},"minItems":1},"event":{"type":"string","minLength":1}}}},"advice":{"type":"array","items":{"type":"object","additionalProperties":false,"required":["from","to","human"],"properties":{"from":{"type":"array","items":{"type":"string","minLength":1},"minItems":1},"to":{"type":"array","items":{"type":"string","minLength":1},"minItems":1},"human":{"type":"string","minLength":1}}}}}};
const func2 = Object.prototype.hasOwnProperty;
const func3 = require("ajv/dist/runtime/ucs2length").default;

function validate10(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.name === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "name"},message:"must have required property '"+"name"+"'"};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
if(data.resourceType === undefined){
const err1 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "resourceType"},message:"must have required property '"+"resourceType"+"'"};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
if(data.appliesTo === undefined){
const err2 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "appliesTo"},message:"must have required property '"+"appliesTo"+"'"};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
if(data.reasonElement === undefined){
const err3 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "reasonElement"},message:"must have required property '"+"reasonElement"+"'"};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
if(data.staleReason === undefined){
const err4 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "staleReason"},message:"must have required property '"+"staleReason"+"'"};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
if(data.mutable === undefined){
const err5 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "mutable"},message:"must have required property '"+"mutable"+"'"};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
if(data.states === undefined){
const err6 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "states"},message:"must have required property '"+"states"+"'"};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
if(data.initial === undefined){
const err7 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "initial"},message:"must have required property '"+"initial"+"'"};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
if(data.transitions === undefined){
const err8 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "transitions"},message:"must have required property '"+"transitions"+"'"};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
for(const key0 in data){
if(!(func2.call(schema11.properties, key0))){
const err9 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
}
if(data.name !== undefined){
let data0 = data.name;
if(typeof data0 === "string"){
if(func3(data0) < 1){
const err10 = {instancePath:instancePath+"/name",schemaPath:"#/properties/name/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
}
else {
const err11 = {instancePath:instancePath+"/name",schemaPath:"#/properties/name/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
}
if(data.resourceType !== undefined){
let data1 = data.resourceType;
if(typeof data1 === "string"){
if(func3(data1) < 1){
const err12 = {instancePath:instancePath+"/resourceType",schemaPath:"#/properties/resourceType/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
}
else {
const err13 = {instancePath:instancePath+"/resourceType",schemaPath:"#/properties/resourceType/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
}
if(data.appliesTo !== undefined){
let data2 = data.appliesTo;
if(typeof data2 === "string"){
if(func3(data2) < 1){
const err14 = {instancePath:instancePath+"/appliesTo",schemaPath:"#/properties/appliesTo/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
}
else {
const err15 = {instancePath:instancePath+"/appliesTo",schemaPath:"#/properties/appliesTo/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
}
if(data.businessStatus !== undefined){
let data3 = data.businessStatus;
if(typeof data3 === "string"){
if(func3(data3) < 1){
const err16 = {instancePath:instancePath+"/businessStatus",schemaPath:"#/properties/businessStatus/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
}
else {
const err17 = {instancePath:instancePath+"/businessStatus",schemaPath:"#/properties/businessStatus/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
}
if(data.reasonElement !== undefined){
let data4 = data.reasonElement;
if(typeof data4 === "string"){
if(func3(data4) < 1){
const err18 = {instancePath:instancePath+"/reasonElement",schemaPath:"#/properties/reasonElement/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
}
else {
const err19 = {instancePath:instancePath+"/reasonElement",schemaPath:"#/properties/reasonElement/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
}
if(data.staleReason !== undefined){
let data5 = data.staleReason;
if(!((data5 === "remove") || (data5 === "refuse"))){
const err20 = {instancePath:instancePath+"/staleReason",schemaPath:"#/properties/staleReason/enum",keyword:"enum",params:{allowedValues: schema11.properties.staleReason.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
}
if(data.mutable !== undefined){
let data6 = data.mutable;
const _errs14 = errors;
let valid1 = false;
const _errs15 = errors;
if("*" !== data6){
const err21 = {instancePath:instancePath+"/mutable",schemaPath:"#/properties/mutable/anyOf/0/const",keyword:"const",params:{allowedValue: "*"},message:"must be equal to constant"};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
var _valid0 = _errs15 === errors;
valid1 = valid1 || _valid0;
if(!valid1){
const _errs16 = errors;
if(data6 && typeof data6 == "object" && !Array.isArray(data6)){
for(const key1 in data6){
let data7 = data6[key1];
if(Array.isArray(data7)){
if(data7.length < 1){
const err22 = {instancePath:instancePath+"/mutable/" + key1.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/mutable/anyOf/1/additionalProperties/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
const len0 = data7.length;
for(let i0=0; i0<len0; i0++){
let data8 = data7[i0];
if(!((((((((data8 === "trust") || (data8 === "pharmacist")) || (data8 === "provider")) || (data8 === "logistics")) || (data8 === "observer")) || (data8 === "manufacturer")) || (data8 === "tester")) || (data8 === "service"))){
const err23 = {instancePath:instancePath+"/mutable/" + key1.replace(/~/g, "~0").replace(/\//g, "~1")+"/" + i0,schemaPath:"#/properties/mutable/anyOf/1/additionalProperties/items/enum",keyword:"enum",params:{allowedValues: schema11.properties.mutable.anyOf[1].additionalProperties.items.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
}
}
else {
const err24 = {instancePath:instancePath+"/mutable/" + key1.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/mutable/anyOf/1/additionalProperties/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
}
}
else {
const err25 = {instancePath:instancePath+"/mutable",schemaPath:"#/properties/mutable/anyOf/1/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err25];
}
else {
vErrors.push(err25);
}
errors++;
}
var _valid0 = _errs16 === errors;
valid1 = valid1 || _valid0;
}
if(!valid1){
const err26 = {instancePath:instancePath+"/mutable",schemaPath:"#/properties/mutable/anyOf",keyword:"anyOf",params:{},message:"must match a schema in anyOf"};
if(vErrors === null){
vErrors = [err26];
}
else {
vErrors.push(err26);
}
errors++;
}
else {
errors = _errs14;
if(vErrors !== null){
if(_errs14){
vErrors.length = _errs14;
}
else {
vErrors = null;
}
}
}
}
if(data.states !== undefined){
let data9 = data.states;
if(Array.isArray(data9)){
if(data9.length < 1){
const err27 = {instancePath:instancePath+"/states",schemaPath:"#/properties/states/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"};
if(vErrors === null){
vErrors = [err27];
}
else {
vErrors.push(err27);
}
errors++;
}
const len1 = data9.length;
for(let i1=0; i1<len1; i1++){
let data10 = data9[i1];
if(data10 && typeof data10 == "object" && !Array.isArray(data10)){
if(data10.code === undefined){
const err28 = {instancePath:instancePath+"/states/" + i1,schemaPath:"#/properties/states/items/required",keyword:"required",params:{missingProperty: "code"},message:"must have required property '"+"code"+"'"};
if(vErrors === null){
vErrors = [err28];
}
else {
vErrors.push(err28);
}
errors++;
}
if(data10.status === undefined){
const err29 = {instancePath:instancePath+"/states/" + i1,schemaPath:"#/properties/states/items/required",keyword:"required",params:{missingProperty: "status"},message:"must have required property '"+"status"+"'"};
if(vErrors === null){
vErrors = [err29];
}
else {
vErrors.push(err29);
}
errors++;
}
if(data10.display === undefined){
const err30 = {instancePath:instancePath+"/states/" + i1,schemaPath:"#/properties/states/items/required",keyword:"required",params:{missingProperty: "display"},message:"must have required property '"+"display"+"'"};
if(vErrors === null){
vErrors = [err30];
}
else {
vErrors.push(err30);
}
errors++;
}
if(data10.nextActor === undefined){
const err31 = {instancePath:instancePath+"/states/" + i1,schemaPath:"#/properties/states/items/required",keyword:"required",params:{missingProperty: "nextActor"},message:"must have required property '"+"nextActor"+"'"};
if(vErrors === null){
vErrors = [err31];
}
else {
vErrors.push(err31);
}
errors++;
}
for(const key2 in data10){
if(!(func2.call(schema11.properties.states.items.properties, key2))){
const err32 = {instancePath:instancePath+"/states/" + i1,schemaPath:"#/properties/states/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key2},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err32];
}
else {
vErrors.push(err32);
}
errors++;
}
}
if(data10.code !== undefined){
let data11 = data10.code;
if(typeof data11 === "string"){
if(func3(data11) < 1){
const err33 = {instancePath:instancePath+"/states/" + i1+"/code",schemaPath:"#/properties/states/items/properties/code/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err33];
}
else {
vErrors.push(err33);
}
errors++;
}
}
else {
const err34 = {instancePath:instancePath+"/states/" + i1+"/code",schemaPath:"#/properties/states/items/properties/code/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err34];
}
else {
vErrors.push(err34);
}
errors++;
}
}
if(data10.status !== undefined){
let data12 = data10.status;
if(typeof data12 === "string"){
if(func3(data12) < 1){
const err35 = {instancePath:instancePath+"/states/" + i1+"/status",schemaPath:"#/properties/states/items/properties/status/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err35];
}
else {
vErrors.push(err35);
}
errors++;
}
}
else {
const err36 = {instancePath:instancePath+"/states/" + i1+"/status",schemaPath:"#/properties/states/items/properties/status/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err36];
}
else {
vErrors.push(err36);
}
errors++;
}
}
if(data10.display !== undefined){
let data13 = data10.display;
if(typeof data13 === "string"){
if(func3(data13) < 1){
const err37 = {instancePath:instancePath+"/states/" + i1+"/display",schemaPath:"#/properties/states/items/properties/display/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err37];
}
else {
vErrors.push(err37);
}
errors++;
}
}
else {
const err38 = {instancePath:instancePath+"/states/" + i1+"/display",schemaPath:"#/properties/states/items/properties/display/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err38];
}
else {
vErrors.push(err38);
}
errors++;
}
}
if(data10.nextActor !== undefined){
let data14 = data10.nextActor;
if(!(((((data14 === "trust") || (data14 === "provider")) || (data14 === "service")) || (data14 === "patient")) || (data14 === "nobody"))){
const err39 = {instancePath:instancePath+"/states/" + i1+"/nextActor",schemaPath:"#/properties/states/items/properties/nextActor/enum",keyword:"enum",params:{allowedValues: schema11.properties.states.items.properties.nextActor.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err39];
}
else {
vErrors.push(err39);
}
errors++;
}
}
if(data10.terminal !== undefined){
if(typeof data10.terminal !== "boolean"){
const err40 = {instancePath:instancePath+"/states/" + i1+"/terminal",schemaPath:"#/properties/states/items/properties/terminal/type",keyword:"type",params:{type: "boolean"},message:"must be boolean"};
if(vErrors === null){
vErrors = [err40];
}
else {
vErrors.push(err40);
}
errors++;
}
}
if(data10.patientWording !== undefined){
let data16 = data10.patientWording;
if(typeof data16 === "string"){
if(func3(data16) < 1){
const err41 = {instancePath:instancePath+"/states/" + i1+"/patientWording",schemaPath:"#/properties/states/items/properties/patientWording/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err41];
}
else {
vErrors.push(err41);
}
errors++;
}
}
else {
const err42 = {instancePath:instancePath+"/states/" + i1+"/patientWording",schemaPath:"#/properties/states/items/properties/patientWording/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err42];
}
else {
vErrors.push(err42);
}
errors++;
}
}
if(data10.requires !== undefined){
let data17 = data10.requires;
if(Array.isArray(data17)){
const len2 = data17.length;
for(let i2=0; i2<len2; i2++){
let data18 = data17[i2];
if(data18 && typeof data18 == "object" && !Array.isArray(data18)){
if(data18.expression === undefined){
const err43 = {instancePath:instancePath+"/states/" + i1+"/requires/" + i2,schemaPath:"#/properties/states/items/properties/requires/items/required",keyword:"required",params:{missingProperty: "expression"},message:"must have required property '"+"expression"+"'"};
if(vErrors === null){
vErrors = [err43];
}
else {
vErrors.push(err43);
}
errors++;
}
if(data18.human === undefined){
const err44 = {instancePath:instancePath+"/states/" + i1+"/requires/" + i2,schemaPath:"#/properties/states/items/properties/requires/items/required",keyword:"required",params:{missingProperty: "human"},message:"must have required property '"+"human"+"'"};
if(vErrors === null){
vErrors = [err44];
}
else {
vErrors.push(err44);
}
errors++;
}
for(const key3 in data18){
if(!(((key3 === "expression") || (key3 === "human")) || (key3 === "element"))){
const err45 = {instancePath:instancePath+"/states/" + i1+"/requires/" + i2,schemaPath:"#/properties/states/items/properties/requires/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key3},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err45];
}
else {
vErrors.push(err45);
}
errors++;
}
}
if(data18.expression !== undefined){
let data19 = data18.expression;
if(typeof data19 === "string"){
if(func3(data19) < 1){
const err46 = {instancePath:instancePath+"/states/" + i1+"/requires/" + i2+"/expression",schemaPath:"#/properties/states/items/properties/requires/items/properties/expression/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err46];
}
else {
vErrors.push(err46);
}
errors++;
}
}
else {
const err47 = {instancePath:instancePath+"/states/" + i1+"/requires/" + i2+"/expression",schemaPath:"#/properties/states/items/properties/requires/items/properties/expression/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err47];
}
else {
vErrors.push(err47);
}
errors++;
}
}
if(data18.human !== undefined){
let data20 = data18.human;
if(typeof data20 === "string"){
if(func3(data20) < 1){
const err48 = {instancePath:instancePath+"/states/" + i1+"/requires/" + i2+"/human",schemaPath:"#/properties/states/items/properties/requires/items/properties/human/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err48];
}
else {
vErrors.push(err48);
}
errors++;
}
}
else {
const err49 = {instancePath:instancePath+"/states/" + i1+"/requires/" + i2+"/human",schemaPath:"#/properties/states/items/properties/requires/items/properties/human/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err49];
}
else {
vErrors.push(err49);
}
errors++;
}
}
if(data18.element !== undefined){
let data21 = data18.element;
if(typeof data21 === "string"){
if(func3(data21) < 1){
const err50 = {instancePath:instancePath+"/states/" + i1+"/requires/" + i2+"/element",schemaPath:"#/properties/states/items/properties/requires/items/properties/element/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err50];
}
else {
vErrors.push(err50);
}
errors++;
}
}
else {
const err51 = {instancePath:instancePath+"/states/" + i1+"/requires/" + i2+"/element",schemaPath:"#/properties/states/items/properties/requires/items/properties/element/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err51];
}
else {
vErrors.push(err51);
}
errors++;
}
}
}
else {
const err52 = {instancePath:instancePath+"/states/" + i1+"/requires/" + i2,schemaPath:"#/properties/states/items/properties/requires/items/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err52];
}
else {
vErrors.push(err52);
}
errors++;
}
}
}
else {
const err53 = {instancePath:instancePath+"/states/" + i1+"/requires",schemaPath:"#/properties/states/items/properties/requires/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err53];
}
else {
vErrors.push(err53);
}
errors++;
}
}
if(data10.until !== undefined){
let data22 = data10.until;
if(typeof data22 === "string"){
if(func3(data22) < 1){
const err54 = {instancePath:instancePath+"/states/" + i1+"/until",schemaPath:"#/properties/states/items/properties/until/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err54];
}
else {
vErrors.push(err54);
}
errors++;
}
}
else {
const err55 = {instancePath:instancePath+"/states/" + i1+"/until",schemaPath:"#/properties/states/items/properties/until/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err55];
}
else {
vErrors.push(err55);
}
errors++;
}
}
if(data10.mutable !== undefined){
let data23 = data10.mutable;
const _errs52 = errors;
let valid11 = false;
const _errs53 = errors;
if("*" !== data23){
const err56 = {instancePath:instancePath+"/states/" + i1+"/mutable",schemaPath:"#/properties/states/items/properties/mutable/anyOf/0/const",keyword:"const",params:{allowedValue: "*"},message:"must be equal to constant"};
if(vErrors === null){
vErrors = [err56];
}
else {
vErrors.push(err56);
}
errors++;
}
var _valid1 = _errs53 === errors;
valid11 = valid11 || _valid1;
if(!valid11){
const _errs54 = errors;
if(data23 && typeof data23 == "object" && !Array.isArray(data23)){
for(const key4 in data23){
let data24 = data23[key4];
if(Array.isArray(data24)){
if(data24.length < 1){
const err57 = {instancePath:instancePath+"/states/" + i1+"/mutable/" + key4.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/states/items/properties/mutable/anyOf/1/additionalProperties/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"};
if(vErrors === null){
vErrors = [err57];
}
else {
vErrors.push(err57);
}
errors++;
}
const len3 = data24.length;
for(let i3=0; i3<len3; i3++){
let data25 = data24[i3];
if(!((((((((data25 === "trust") || (data25 === "pharmacist")) || (data25 === "provider")) || (data25 === "logistics")) || (data25 === "observer")) || (data25 === "manufacturer")) || (data25 === "tester")) || (data25 === "service"))){
const err58 = {instancePath:instancePath+"/states/" + i1+"/mutable/" + key4.replace(/~/g, "~0").replace(/\//g, "~1")+"/" + i3,schemaPath:"#/properties/states/items/properties/mutable/anyOf/1/additionalProperties/items/enum",keyword:"enum",params:{allowedValues: schema11.properties.states.items.properties.mutable.anyOf[1].additionalProperties.items.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err58];
}
else {
vErrors.push(err58);
}
errors++;
}
}
}
else {
const err59 = {instancePath:instancePath+"/states/" + i1+"/mutable/" + key4.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/states/items/properties/mutable/anyOf/1/additionalProperties/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err59];
}
else {
vErrors.push(err59);
}
errors++;
}
}
}
else {
const err60 = {instancePath:instancePath+"/states/" + i1+"/mutable",schemaPath:"#/properties/states/items/properties/mutable/anyOf/1/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err60];
}
else {
vErrors.push(err60);
}
errors++;
}
var _valid1 = _errs54 === errors;
valid11 = valid11 || _valid1;
}
if(!valid11){
const err61 = {instancePath:instancePath+"/states/" + i1+"/mutable",schemaPath:"#/properties/states/items/properties/mutable/anyOf",keyword:"anyOf",params:{},message:"must match a schema in anyOf"};
if(vErrors === null){
vErrors = [err61];
}
else {
vErrors.push(err61);
}
errors++;
}
else {
errors = _errs52;
if(vErrors !== null){
if(_errs52){
vErrors.length = _errs52;
}
else {
vErrors = null;
}
}
}
}
}
else {
const err62 = {instancePath:instancePath+"/states/" + i1,schemaPath:"#/properties/states/items/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err62];
}
else {
vErrors.push(err62);
}
errors++;
}
}
}
else {
const err63 = {instancePath:instancePath+"/states",schemaPath:"#/properties/states/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err63];
}
else {
vErrors.push(err63);
}
errors++;
}
}
if(data.initial !== undefined){
let data26 = data.initial;
if(Array.isArray(data26)){
if(data26.length < 1){
const err64 = {instancePath:instancePath+"/initial",schemaPath:"#/properties/initial/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"};
if(vErrors === null){
vErrors = [err64];
}
else {
vErrors.push(err64);
}
errors++;
}
const len4 = data26.length;
for(let i4=0; i4<len4; i4++){
let data27 = data26[i4];
if(data27 && typeof data27 == "object" && !Array.isArray(data27)){
if(data27.state === undefined){
const err65 = {instancePath:instancePath+"/initial/" + i4,schemaPath:"#/properties/initial/items/required",keyword:"required",params:{missingProperty: "state"},message:"must have required property '"+"state"+"'"};
if(vErrors === null){
vErrors = [err65];
}
else {
vErrors.push(err65);
}
errors++;
}
if(data27.by === undefined){
const err66 = {instancePath:instancePath+"/initial/" + i4,schemaPath:"#/properties/initial/items/required",keyword:"required",params:{missingProperty: "by"},message:"must have required property '"+"by"+"'"};
if(vErrors === null){
vErrors = [err66];
}
else {
vErrors.push(err66);
}
errors++;
}
if(data27.event === undefined){
const err67 = {instancePath:instancePath+"/initial/" + i4,schemaPath:"#/properties/initial/items/required",keyword:"required",params:{missingProperty: "event"},message:"must have required property '"+"event"+"'"};
if(vErrors === null){
vErrors = [err67];
}
else {
vErrors.push(err67);
}
errors++;
}
for(const key5 in data27){
if(!((((((key5 === "state") || (key5 === "by")) || (key5 === "event")) || (key5 === "reason")) || (key5 === "effects")) || (key5 === "default"))){
const err68 = {instancePath:instancePath+"/initial/" + i4,schemaPath:"#/properties/initial/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key5},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err68];
}
else {
vErrors.push(err68);
}
errors++;
}
}
if(data27.state !== undefined){
let data28 = data27.state;
if(typeof data28 === "string"){
if(func3(data28) < 1){
const err69 = {instancePath:instancePath+"/initial/" + i4+"/state",schemaPath:"#/properties/initial/items/properties/state/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err69];
}
else {
vErrors.push(err69);
}
errors++;
}
}
else {
const err70 = {instancePath:instancePath+"/initial/" + i4+"/state",schemaPath:"#/properties/initial/items/properties/state/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err70];
}
else {
vErrors.push(err70);
}
errors++;
}
}
if(data27.by !== undefined){
let data29 = data27.by;
if(Array.isArray(data29)){
if(data29.length < 1){
const err71 = {instancePath:instancePath+"/initial/" + i4+"/by",schemaPath:"#/properties/initial/items/properties/by/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"};
if(vErrors === null){
vErrors = [err71];
}
else {
vErrors.push(err71);
}
errors++;
}
const len5 = data29.length;
for(let i5=0; i5<len5; i5++){
let data30 = data29[i5];
if(!((((((((data30 === "trust") || (data30 === "pharmacist")) || (data30 === "provider")) || (data30 === "logistics")) || (data30 === "observer")) || (data30 === "manufacturer")) || (data30 === "tester")) || (data30 === "service"))){
const err72 = {instancePath:instancePath+"/initial/" + i4+"/by/" + i5,schemaPath:"#/properties/initial/items/properties/by/items/enum",keyword:"enum",params:{allowedValues: schema11.properties.initial.items.properties.by.items.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err72];
}
else {
vErrors.push(err72);
}
errors++;
}
}
}
else {
const err73 = {instancePath:instancePath+"/initial/" + i4+"/by",schemaPath:"#/properties/initial/items/properties/by/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err73];
}
else {
vErrors.push(err73);
}
errors++;
}
}
if(data27.event !== undefined){
let data31 = data27.event;
if(typeof data31 === "string"){
if(func3(data31) < 1){
const err74 = {instancePath:instancePath+"/initial/" + i4+"/event",schemaPath:"#/properties/initial/items/properties/event/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err74];
}
else {
vErrors.push(err74);
}
errors++;
}
}
else {
const err75 = {instancePath:instancePath+"/initial/" + i4+"/event",schemaPath:"#/properties/initial/items/properties/event/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err75];
}
else {
vErrors.push(err75);
}
errors++;
}
}
if(data27.reason !== undefined){
let data32 = data27.reason;
if(data32 && typeof data32 == "object" && !Array.isArray(data32)){
if(data32.required === undefined){
const err76 = {instancePath:instancePath+"/initial/" + i4+"/reason",schemaPath:"#/properties/initial/items/properties/reason/required",keyword:"required",params:{missingProperty: "required"},message:"must have required property '"+"required"+"'"};
if(vErrors === null){
vErrors = [err76];
}
else {
vErrors.push(err76);
}
errors++;
}
for(const key6 in data32){
if(!((key6 === "required") || (key6 === "valueSet"))){
const err77 = {instancePath:instancePath+"/initial/" + i4+"/reason",schemaPath:"#/properties/initial/items/properties/reason/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key6},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err77];
}
else {
vErrors.push(err77);
}
errors++;
}
}
if(data32.required !== undefined){
if(typeof data32.required !== "boolean"){
const err78 = {instancePath:instancePath+"/initial/" + i4+"/reason/required",schemaPath:"#/properties/initial/items/properties/reason/properties/required/type",keyword:"type",params:{type: "boolean"},message:"must be boolean"};
if(vErrors === null){
vErrors = [err78];
}
else {
vErrors.push(err78);
}
errors++;
}
}
if(data32.valueSet !== undefined){
let data34 = data32.valueSet;
if(typeof data34 === "string"){
if(func3(data34) < 1){
const err79 = {instancePath:instancePath+"/initial/" + i4+"/reason/valueSet",schemaPath:"#/properties/initial/items/properties/reason/properties/valueSet/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err79];
}
else {
vErrors.push(err79);
}
errors++;
}
}
else {
const err80 = {instancePath:instancePath+"/initial/" + i4+"/reason/valueSet",schemaPath:"#/properties/initial/items/properties/reason/properties/valueSet/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err80];
}
else {
vErrors.push(err80);
}
errors++;
}
}
}
else {
const err81 = {instancePath:instancePath+"/initial/" + i4+"/reason",schemaPath:"#/properties/initial/items/properties/reason/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err81];
}
else {
vErrors.push(err81);
}
errors++;
}
}
if(data27.effects !== undefined){
let data35 = data27.effects;
if(Array.isArray(data35)){
if(data35.length < 1){
const err82 = {instancePath:instancePath+"/initial/" + i4+"/effects",schemaPath:"#/properties/initial/items/properties/effects/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"};
if(vErrors === null){
vErrors = [err82];
}
else {
vErrors.push(err82);
}
errors++;
}
const len6 = data35.length;
for(let i6=0; i6<len6; i6++){
let data36 = data35[i6];
if(typeof data36 === "string"){
if(func3(data36) < 1){
const err83 = {instancePath:instancePath+"/initial/" + i4+"/effects/" + i6,schemaPath:"#/properties/initial/items/properties/effects/items/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err83];
}
else {
vErrors.push(err83);
}
errors++;
}
}
else {
const err84 = {instancePath:instancePath+"/initial/" + i4+"/effects/" + i6,schemaPath:"#/properties/initial/items/properties/effects/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err84];
}
else {
vErrors.push(err84);
}
errors++;
}
}
}
else {
const err85 = {instancePath:instancePath+"/initial/" + i4+"/effects",schemaPath:"#/properties/initial/items/properties/effects/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err85];
}
else {
vErrors.push(err85);
}
errors++;
}
}
if(data27.default !== undefined){
if(typeof data27.default !== "boolean"){
const err86 = {instancePath:instancePath+"/initial/" + i4+"/default",schemaPath:"#/properties/initial/items/properties/default/type",keyword:"type",params:{type: "boolean"},message:"must be boolean"};
if(vErrors === null){
vErrors = [err86];
}
else {
vErrors.push(err86);
}
errors++;
}
}
}
else {
const err87 = {instancePath:instancePath+"/initial/" + i4,schemaPath:"#/properties/initial/items/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err87];
}
else {
vErrors.push(err87);
}
errors++;
}
}
}
else {
const err88 = {instancePath:instancePath+"/initial",schemaPath:"#/properties/initial/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err88];
}
else {
vErrors.push(err88);
}
errors++;
}
}
if(data.transitions !== undefined){
let data38 = data.transitions;
if(Array.isArray(data38)){
const len7 = data38.length;
for(let i7=0; i7<len7; i7++){
let data39 = data38[i7];
if(data39 && typeof data39 == "object" && !Array.isArray(data39)){
if(data39.from === undefined){
const err89 = {instancePath:instancePath+"/transitions/" + i7,schemaPath:"#/properties/transitions/items/required",keyword:"required",params:{missingProperty: "from"},message:"must have required property '"+"from"+"'"};
if(vErrors === null){
vErrors = [err89];
}
else {
vErrors.push(err89);
}
errors++;
}
if(data39.to === undefined){
const err90 = {instancePath:instancePath+"/transitions/" + i7,schemaPath:"#/properties/transitions/items/required",keyword:"required",params:{missingProperty: "to"},message:"must have required property '"+"to"+"'"};
if(vErrors === null){
vErrors = [err90];
}
else {
vErrors.push(err90);
}
errors++;
}
if(data39.by === undefined){
const err91 = {instancePath:instancePath+"/transitions/" + i7,schemaPath:"#/properties/transitions/items/required",keyword:"required",params:{missingProperty: "by"},message:"must have required property '"+"by"+"'"};
if(vErrors === null){
vErrors = [err91];
}
else {
vErrors.push(err91);
}
errors++;
}
if(data39.event === undefined){
const err92 = {instancePath:instancePath+"/transitions/" + i7,schemaPath:"#/properties/transitions/items/required",keyword:"required",params:{missingProperty: "event"},message:"must have required property '"+"event"+"'"};
if(vErrors === null){
vErrors = [err92];
}
else {
vErrors.push(err92);
}
errors++;
}
for(const key7 in data39){
if(!(func2.call(schema11.properties.transitions.items.properties, key7))){
const err93 = {instancePath:instancePath+"/transitions/" + i7,schemaPath:"#/properties/transitions/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key7},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err93];
}
else {
vErrors.push(err93);
}
errors++;
}
}
if(data39.from !== undefined){
let data40 = data39.from;
if(Array.isArray(data40)){
if(data40.length < 1){
const err94 = {instancePath:instancePath+"/transitions/" + i7+"/from",schemaPath:"#/properties/transitions/items/properties/from/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"};
if(vErrors === null){
vErrors = [err94];
}
else {
vErrors.push(err94);
}
errors++;
}
const len8 = data40.length;
for(let i8=0; i8<len8; i8++){
let data41 = data40[i8];
if(typeof data41 === "string"){
if(func3(data41) < 1){
const err95 = {instancePath:instancePath+"/transitions/" + i7+"/from/" + i8,schemaPath:"#/properties/transitions/items/properties/from/items/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err95];
}
else {
vErrors.push(err95);
}
errors++;
}
}
else {
const err96 = {instancePath:instancePath+"/transitions/" + i7+"/from/" + i8,schemaPath:"#/properties/transitions/items/properties/from/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err96];
}
else {
vErrors.push(err96);
}
errors++;
}
}
}
else {
const err97 = {instancePath:instancePath+"/transitions/" + i7+"/from",schemaPath:"#/properties/transitions/items/properties/from/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err97];
}
else {
vErrors.push(err97);
}
errors++;
}
}
if(data39.to !== undefined){
let data42 = data39.to;
if(typeof data42 === "string"){
if(func3(data42) < 1){
const err98 = {instancePath:instancePath+"/transitions/" + i7+"/to",schemaPath:"#/properties/transitions/items/properties/to/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err98];
}
else {
vErrors.push(err98);
}
errors++;
}
}
else {
const err99 = {instancePath:instancePath+"/transitions/" + i7+"/to",schemaPath:"#/properties/transitions/items/properties/to/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err99];
}
else {
vErrors.push(err99);
}
errors++;
}
}
if(data39.by !== undefined){
let data43 = data39.by;
if(Array.isArray(data43)){
if(data43.length < 1){
const err100 = {instancePath:instancePath+"/transitions/" + i7+"/by",schemaPath:"#/properties/transitions/items/properties/by/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"};
if(vErrors === null){
vErrors = [err100];
}
else {
vErrors.push(err100);
}
errors++;
}
const len9 = data43.length;
for(let i9=0; i9<len9; i9++){
let data44 = data43[i9];
if(!((((((((data44 === "trust") || (data44 === "pharmacist")) || (data44 === "provider")) || (data44 === "logistics")) || (data44 === "observer")) || (data44 === "manufacturer")) || (data44 === "tester")) || (data44 === "service"))){
const err101 = {instancePath:instancePath+"/transitions/" + i7+"/by/" + i9,schemaPath:"#/properties/transitions/items/properties/by/items/enum",keyword:"enum",params:{allowedValues: schema11.properties.transitions.items.properties.by.items.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err101];
}
else {
vErrors.push(err101);
}
errors++;
}
}
}
else {
const err102 = {instancePath:instancePath+"/transitions/" + i7+"/by",schemaPath:"#/properties/transitions/items/properties/by/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err102];
}
else {
vErrors.push(err102);
}
errors++;
}
}
if(data39.event !== undefined){
let data45 = data39.event;
if(typeof data45 === "string"){
if(func3(data45) < 1){
const err103 = {instancePath:instancePath+"/transitions/" + i7+"/event",schemaPath:"#/properties/transitions/items/properties/event/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err103];
}
else {
vErrors.push(err103);
}
errors++;
}
}
else {
const err104 = {instancePath:instancePath+"/transitions/" + i7+"/event",schemaPath:"#/properties/transitions/items/properties/event/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err104];
}
else {
vErrors.push(err104);
}
errors++;
}
}
if(data39.requires !== undefined){
let data46 = data39.requires;
if(Array.isArray(data46)){
const len10 = data46.length;
for(let i10=0; i10<len10; i10++){
let data47 = data46[i10];
if(data47 && typeof data47 == "object" && !Array.isArray(data47)){
if(data47.expression === undefined){
const err105 = {instancePath:instancePath+"/transitions/" + i7+"/requires/" + i10,schemaPath:"#/properties/transitions/items/properties/requires/items/required",keyword:"required",params:{missingProperty: "expression"},message:"must have required property '"+"expression"+"'"};
if(vErrors === null){
vErrors = [err105];
}
else {
vErrors.push(err105);
}
errors++;
}
if(data47.human === undefined){
const err106 = {instancePath:instancePath+"/transitions/" + i7+"/requires/" + i10,schemaPath:"#/properties/transitions/items/properties/requires/items/required",keyword:"required",params:{missingProperty: "human"},message:"must have required property '"+"human"+"'"};
if(vErrors === null){
vErrors = [err106];
}
else {
vErrors.push(err106);
}
errors++;
}
for(const key8 in data47){
if(!(((key8 === "expression") || (key8 === "human")) || (key8 === "element"))){
const err107 = {instancePath:instancePath+"/transitions/" + i7+"/requires/" + i10,schemaPath:"#/properties/transitions/items/properties/requires/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key8},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err107];
}
else {
vErrors.push(err107);
}
errors++;
}
}
if(data47.expression !== undefined){
let data48 = data47.expression;
if(typeof data48 === "string"){
if(func3(data48) < 1){
const err108 = {instancePath:instancePath+"/transitions/" + i7+"/requires/" + i10+"/expression",schemaPath:"#/properties/transitions/items/properties/requires/items/properties/expression/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err108];
}
else {
vErrors.push(err108);
}
errors++;
}
}
else {
const err109 = {instancePath:instancePath+"/transitions/" + i7+"/requires/" + i10+"/expression",schemaPath:"#/properties/transitions/items/properties/requires/items/properties/expression/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err109];
}
else {
vErrors.push(err109);
}
errors++;
}
}
if(data47.human !== undefined){
let data49 = data47.human;
if(typeof data49 === "string"){
if(func3(data49) < 1){
const err110 = {instancePath:instancePath+"/transitions/" + i7+"/requires/" + i10+"/human",schemaPath:"#/properties/transitions/items/properties/requires/items/properties/human/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err110];
}
else {
vErrors.push(err110);
}
errors++;
}
}
else {
const err111 = {instancePath:instancePath+"/transitions/" + i7+"/requires/" + i10+"/human",schemaPath:"#/properties/transitions/items/properties/requires/items/properties/human/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err111];
}
else {
vErrors.push(err111);
}
errors++;
}
}
if(data47.element !== undefined){
let data50 = data47.element;
if(typeof data50 === "string"){
if(func3(data50) < 1){
const err112 = {instancePath:instancePath+"/transitions/" + i7+"/requires/" + i10+"/element",schemaPath:"#/properties/transitions/items/properties/requires/items/properties/element/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err112];
}
else {
vErrors.push(err112);
}
errors++;
}
}
else {
const err113 = {instancePath:instancePath+"/transitions/" + i7+"/requires/" + i10+"/element",schemaPath:"#/properties/transitions/items/properties/requires/items/properties/element/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err113];
}
else {
vErrors.push(err113);
}
errors++;
}
}
}
else {
const err114 = {instancePath:instancePath+"/transitions/" + i7+"/requires/" + i10,schemaPath:"#/properties/transitions/items/properties/requires/items/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err114];
}
else {
vErrors.push(err114);
}
errors++;
}
}
}
else {
const err115 = {instancePath:instancePath+"/transitions/" + i7+"/requires",schemaPath:"#/properties/transitions/items/properties/requires/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err115];
}
else {
vErrors.push(err115);
}
errors++;
}
}
if(data39.reason !== undefined){
let data51 = data39.reason;
if(data51 && typeof data51 == "object" && !Array.isArray(data51)){
if(data51.required === undefined){
const err116 = {instancePath:instancePath+"/transitions/" + i7+"/reason",schemaPath:"#/properties/transitions/items/properties/reason/required",keyword:"required",params:{missingProperty: "required"},message:"must have required property '"+"required"+"'"};
if(vErrors === null){
vErrors = [err116];
}
else {
vErrors.push(err116);
}
errors++;
}
for(const key9 in data51){
if(!((key9 === "required") || (key9 === "valueSet"))){
const err117 = {instancePath:instancePath+"/transitions/" + i7+"/reason",schemaPath:"#/properties/transitions/items/properties/reason/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key9},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err117];
}
else {
vErrors.push(err117);
}
errors++;
}
}
if(data51.required !== undefined){
if(typeof data51.required !== "boolean"){
const err118 = {instancePath:instancePath+"/transitions/" + i7+"/reason/required",schemaPath:"#/properties/transitions/items/properties/reason/properties/required/type",keyword:"type",params:{type: "boolean"},message:"must be boolean"};
if(vErrors === null){
vErrors = [err118];
}
else {
vErrors.push(err118);
}
errors++;
}
}
if(data51.valueSet !== undefined){
let data53 = data51.valueSet;
if(typeof data53 === "string"){
if(func3(data53) < 1){
const err119 = {instancePath:instancePath+"/transitions/" + i7+"/reason/valueSet",schemaPath:"#/properties/transitions/items/properties/reason/properties/valueSet/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err119];
}
else {
vErrors.push(err119);
}
errors++;
}
}
else {
const err120 = {instancePath:instancePath+"/transitions/" + i7+"/reason/valueSet",schemaPath:"#/properties/transitions/items/properties/reason/properties/valueSet/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err120];
}
else {
vErrors.push(err120);
}
errors++;
}
}
}
else {
const err121 = {instancePath:instancePath+"/transitions/" + i7+"/reason",schemaPath:"#/properties/transitions/items/properties/reason/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err121];
}
else {
vErrors.push(err121);
}
errors++;
}
}
if(data39.checks !== undefined){
let data54 = data39.checks;
if(Array.isArray(data54)){
const len11 = data54.length;
for(let i11=0; i11<len11; i11++){
if(!(data54[i11] === "delivery-time")){
const err122 = {instancePath:instancePath+"/transitions/" + i7+"/checks/" + i11,schemaPath:"#/properties/transitions/items/properties/checks/items/enum",keyword:"enum",params:{allowedValues: schema11.properties.transitions.items.properties.checks.items.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err122];
}
else {
vErrors.push(err122);
}
errors++;
}
}
}
else {
const err123 = {instancePath:instancePath+"/transitions/" + i7+"/checks",schemaPath:"#/properties/transitions/items/properties/checks/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err123];
}
else {
vErrors.push(err123);
}
errors++;
}
}
if(data39.sets !== undefined){
let data56 = data39.sets;
if(Array.isArray(data56)){
const len12 = data56.length;
for(let i12=0; i12<len12; i12++){
let data57 = data56[i12];
if(!(((((data57 === "record-booking") || (data57 === "record-held-from")) || (data57 === "release-held-from")) || (data57 === "record-cancel-outcome")) || (data57 === "keep-time"))){
const err124 = {instancePath:instancePath+"/transitions/" + i7+"/sets/" + i12,schemaPath:"#/properties/transitions/items/properties/sets/items/enum",keyword:"enum",params:{allowedValues: schema11.properties.transitions.items.properties.sets.items.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err124];
}
else {
vErrors.push(err124);
}
errors++;
}
}
}
else {
const err125 = {instancePath:instancePath+"/transitions/" + i7+"/sets",schemaPath:"#/properties/transitions/items/properties/sets/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err125];
}
else {
vErrors.push(err125);
}
errors++;
}
}
if(data39.effects !== undefined){
let data58 = data39.effects;
if(Array.isArray(data58)){
if(data58.length < 1){
const err126 = {instancePath:instancePath+"/transitions/" + i7+"/effects",schemaPath:"#/properties/transitions/items/properties/effects/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"};
if(vErrors === null){
vErrors = [err126];
}
else {
vErrors.push(err126);
}
errors++;
}
const len13 = data58.length;
for(let i13=0; i13<len13; i13++){
let data59 = data58[i13];
if(typeof data59 === "string"){
if(func3(data59) < 1){
const err127 = {instancePath:instancePath+"/transitions/" + i7+"/effects/" + i13,schemaPath:"#/properties/transitions/items/properties/effects/items/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err127];
}
else {
vErrors.push(err127);
}
errors++;
}
}
else {
const err128 = {instancePath:instancePath+"/transitions/" + i7+"/effects/" + i13,schemaPath:"#/properties/transitions/items/properties/effects/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err128];
}
else {
vErrors.push(err128);
}
errors++;
}
}
}
else {
const err129 = {instancePath:instancePath+"/transitions/" + i7+"/effects",schemaPath:"#/properties/transitions/items/properties/effects/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err129];
}
else {
vErrors.push(err129);
}
errors++;
}
}
if(data39.default !== undefined){
if(typeof data39.default !== "boolean"){
const err130 = {instancePath:instancePath+"/transitions/" + i7+"/default",schemaPath:"#/properties/transitions/items/properties/default/type",keyword:"type",params:{type: "boolean"},message:"must be boolean"};
if(vErrors === null){
vErrors = [err130];
}
else {
vErrors.push(err130);
}
errors++;
}
}
if(data39.changes !== undefined){
let data61 = data39.changes;
if(typeof data61 === "string"){
if(func3(data61) < 1){
const err131 = {instancePath:instancePath+"/transitions/" + i7+"/changes",schemaPath:"#/properties/transitions/items/properties/changes/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err131];
}
else {
vErrors.push(err131);
}
errors++;
}
}
else {
const err132 = {instancePath:instancePath+"/transitions/" + i7+"/changes",schemaPath:"#/properties/transitions/items/properties/changes/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err132];
}
else {
vErrors.push(err132);
}
errors++;
}
}
if(data39.afterEnd !== undefined){
if(typeof data39.afterEnd !== "boolean"){
const err133 = {instancePath:instancePath+"/transitions/" + i7+"/afterEnd",schemaPath:"#/properties/transitions/items/properties/afterEnd/type",keyword:"type",params:{type: "boolean"},message:"must be boolean"};
if(vErrors === null){
vErrors = [err133];
}
else {
vErrors.push(err133);
}
errors++;
}
}
if(data39.skips !== undefined){
if(typeof data39.skips !== "boolean"){
const err134 = {instancePath:instancePath+"/transitions/" + i7+"/skips",schemaPath:"#/properties/transitions/items/properties/skips/type",keyword:"type",params:{type: "boolean"},message:"must be boolean"};
if(vErrors === null){
vErrors = [err134];
}
else {
vErrors.push(err134);
}
errors++;
}
}
if(data39.anew !== undefined){
if(typeof data39.anew !== "boolean"){
const err135 = {instancePath:instancePath+"/transitions/" + i7+"/anew",schemaPath:"#/properties/transitions/items/properties/anew/type",keyword:"type",params:{type: "boolean"},message:"must be boolean"};
if(vErrors === null){
vErrors = [err135];
}
else {
vErrors.push(err135);
}
errors++;
}
}
}
else {
const err136 = {instancePath:instancePath+"/transitions/" + i7,schemaPath:"#/properties/transitions/items/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err136];
}
else {
vErrors.push(err136);
}
errors++;
}
}
}
else {
const err137 = {instancePath:instancePath+"/transitions",schemaPath:"#/properties/transitions/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err137];
}
else {
vErrors.push(err137);
}
errors++;
}
}
if(data.milestones !== undefined){
let data65 = data.milestones;
if(Array.isArray(data65)){
if(data65.length < 1){
const err138 = {instancePath:instancePath+"/milestones",schemaPath:"#/properties/milestones/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"};
if(vErrors === null){
vErrors = [err138];
}
else {
vErrors.push(err138);
}
errors++;
}
const len14 = data65.length;
for(let i14=0; i14<len14; i14++){
let data66 = data65[i14];
if(typeof data66 === "string"){
if(func3(data66) < 1){
const err139 = {instancePath:instancePath+"/milestones/" + i14,schemaPath:"#/properties/milestones/items/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err139];
}
else {
vErrors.push(err139);
}
errors++;
}
}
else {
const err140 = {instancePath:instancePath+"/milestones/" + i14,schemaPath:"#/properties/milestones/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err140];
}
else {
vErrors.push(err140);
}
errors++;
}
}
}
else {
const err141 = {instancePath:instancePath+"/milestones",schemaPath:"#/properties/milestones/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err141];
}
else {
vErrors.push(err141);
}
errors++;
}
}
if(data.marks !== undefined){
let data67 = data.marks;
if(Array.isArray(data67)){
const len15 = data67.length;
for(let i15=0; i15<len15; i15++){
let data68 = data67[i15];
if(data68 && typeof data68 == "object" && !Array.isArray(data68)){
if(data68.extension === undefined){
const err142 = {instancePath:instancePath+"/marks/" + i15,schemaPath:"#/properties/marks/items/required",keyword:"required",params:{missingProperty: "extension"},message:"must have required property '"+"extension"+"'"};
if(vErrors === null){
vErrors = [err142];
}
else {
vErrors.push(err142);
}
errors++;
}
if(data68.from === undefined){
const err143 = {instancePath:instancePath+"/marks/" + i15,schemaPath:"#/properties/marks/items/required",keyword:"required",params:{missingProperty: "from"},message:"must have required property '"+"from"+"'"};
if(vErrors === null){
vErrors = [err143];
}
else {
vErrors.push(err143);
}
errors++;
}
if(data68.event === undefined){
const err144 = {instancePath:instancePath+"/marks/" + i15,schemaPath:"#/properties/marks/items/required",keyword:"required",params:{missingProperty: "event"},message:"must have required property '"+"event"+"'"};
if(vErrors === null){
vErrors = [err144];
}
else {
vErrors.push(err144);
}
errors++;
}
for(const key10 in data68){
if(!(((key10 === "extension") || (key10 === "from")) || (key10 === "event"))){
const err145 = {instancePath:instancePath+"/marks/" + i15,schemaPath:"#/properties/marks/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key10},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err145];
}
else {
vErrors.push(err145);
}
errors++;
}
}
if(data68.extension !== undefined){
let data69 = data68.extension;
if(typeof data69 === "string"){
if(func3(data69) < 1){
const err146 = {instancePath:instancePath+"/marks/" + i15+"/extension",schemaPath:"#/properties/marks/items/properties/extension/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err146];
}
else {
vErrors.push(err146);
}
errors++;
}
}
else {
const err147 = {instancePath:instancePath+"/marks/" + i15+"/extension",schemaPath:"#/properties/marks/items/properties/extension/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err147];
}
else {
vErrors.push(err147);
}
errors++;
}
}
if(data68.from !== undefined){
let data70 = data68.from;
if(Array.isArray(data70)){
if(data70.length < 1){
const err148 = {instancePath:instancePath+"/marks/" + i15+"/from",schemaPath:"#/properties/marks/items/properties/from/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"};
if(vErrors === null){
vErrors = [err148];
}
else {
vErrors.push(err148);
}
errors++;
}
const len16 = data70.length;
for(let i16=0; i16<len16; i16++){
let data71 = data70[i16];
if(typeof data71 === "string"){
if(func3(data71) < 1){
const err149 = {instancePath:instancePath+"/marks/" + i15+"/from/" + i16,schemaPath:"#/properties/marks/items/properties/from/items/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err149];
}
else {
vErrors.push(err149);
}
errors++;
}
}
else {
const err150 = {instancePath:instancePath+"/marks/" + i15+"/from/" + i16,schemaPath:"#/properties/marks/items/properties/from/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err150];
}
else {
vErrors.push(err150);
}
errors++;
}
}
}
else {
const err151 = {instancePath:instancePath+"/marks/" + i15+"/from",schemaPath:"#/properties/marks/items/properties/from/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err151];
}
else {
vErrors.push(err151);
}
errors++;
}
}
if(data68.event !== undefined){
let data72 = data68.event;
if(typeof data72 === "string"){
if(func3(data72) < 1){
const err152 = {instancePath:instancePath+"/marks/" + i15+"/event",schemaPath:"#/properties/marks/items/properties/event/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err152];
}
else {
vErrors.push(err152);
}
errors++;
}
}
else {
const err153 = {instancePath:instancePath+"/marks/" + i15+"/event",schemaPath:"#/properties/marks/items/properties/event/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err153];
}
else {
vErrors.push(err153);
}
errors++;
}
}
}
else {
const err154 = {instancePath:instancePath+"/marks/" + i15,schemaPath:"#/properties/marks/items/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err154];
}
else {
vErrors.push(err154);
}
errors++;
}
}
}
else {
const err155 = {instancePath:instancePath+"/marks",schemaPath:"#/properties/marks/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err155];
}
else {
vErrors.push(err155);
}
errors++;
}
}
if(data.advice !== undefined){
let data73 = data.advice;
if(Array.isArray(data73)){
const len17 = data73.length;
for(let i17=0; i17<len17; i17++){
let data74 = data73[i17];
if(data74 && typeof data74 == "object" && !Array.isArray(data74)){
if(data74.from === undefined){
const err156 = {instancePath:instancePath+"/advice/" + i17,schemaPath:"#/properties/advice/items/required",keyword:"required",params:{missingProperty: "from"},message:"must have required property '"+"from"+"'"};
if(vErrors === null){
vErrors = [err156];
}
else {
vErrors.push(err156);
}
errors++;
}
if(data74.to === undefined){
const err157 = {instancePath:instancePath+"/advice/" + i17,schemaPath:"#/properties/advice/items/required",keyword:"required",params:{missingProperty: "to"},message:"must have required property '"+"to"+"'"};
if(vErrors === null){
vErrors = [err157];
}
else {
vErrors.push(err157);
}
errors++;
}
if(data74.human === undefined){
const err158 = {instancePath:instancePath+"/advice/" + i17,schemaPath:"#/properties/advice/items/required",keyword:"required",params:{missingProperty: "human"},message:"must have required property '"+"human"+"'"};
if(vErrors === null){
vErrors = [err158];
}
else {
vErrors.push(err158);
}
errors++;
}
for(const key11 in data74){
if(!(((key11 === "from") || (key11 === "to")) || (key11 === "human"))){
const err159 = {instancePath:instancePath+"/advice/" + i17,schemaPath:"#/properties/advice/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key11},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err159];
}
else {
vErrors.push(err159);
}
errors++;
}
}
if(data74.from !== undefined){
let data75 = data74.from;
if(Array.isArray(data75)){
if(data75.length < 1){
const err160 = {instancePath:instancePath+"/advice/" + i17+"/from",schemaPath:"#/properties/advice/items/properties/from/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"};
if(vErrors === null){
vErrors = [err160];
}
else {
vErrors.push(err160);
}
errors++;
}
const len18 = data75.length;
for(let i18=0; i18<len18; i18++){
let data76 = data75[i18];
if(typeof data76 === "string"){
if(func3(data76) < 1){
const err161 = {instancePath:instancePath+"/advice/" + i17+"/from/" + i18,schemaPath:"#/properties/advice/items/properties/from/items/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err161];
}
else {
vErrors.push(err161);
}
errors++;
}
}
else {
const err162 = {instancePath:instancePath+"/advice/" + i17+"/from/" + i18,schemaPath:"#/properties/advice/items/properties/from/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err162];
}
else {
vErrors.push(err162);
}
errors++;
}
}
}
else {
const err163 = {instancePath:instancePath+"/advice/" + i17+"/from",schemaPath:"#/properties/advice/items/properties/from/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err163];
}
else {
vErrors.push(err163);
}
errors++;
}
}
if(data74.to !== undefined){
let data77 = data74.to;
if(Array.isArray(data77)){
if(data77.length < 1){
const err164 = {instancePath:instancePath+"/advice/" + i17+"/to",schemaPath:"#/properties/advice/items/properties/to/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"};
if(vErrors === null){
vErrors = [err164];
}
else {
vErrors.push(err164);
}
errors++;
}
const len19 = data77.length;
for(let i19=0; i19<len19; i19++){
let data78 = data77[i19];
if(typeof data78 === "string"){
if(func3(data78) < 1){
const err165 = {instancePath:instancePath+"/advice/" + i17+"/to/" + i19,schemaPath:"#/properties/advice/items/properties/to/items/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err165];
}
else {
vErrors.push(err165);
}
errors++;
}
}
else {
const err166 = {instancePath:instancePath+"/advice/" + i17+"/to/" + i19,schemaPath:"#/properties/advice/items/properties/to/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err166];
}
else {
vErrors.push(err166);
}
errors++;
}
}
}
else {
const err167 = {instancePath:instancePath+"/advice/" + i17+"/to",schemaPath:"#/properties/advice/items/properties/to/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err167];
}
else {
vErrors.push(err167);
}
errors++;
}
}
if(data74.human !== undefined){
let data79 = data74.human;
if(typeof data79 === "string"){
if(func3(data79) < 1){
const err168 = {instancePath:instancePath+"/advice/" + i17+"/human",schemaPath:"#/properties/advice/items/properties/human/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err168];
}
else {
vErrors.push(err168);
}
errors++;
}
}
else {
const err169 = {instancePath:instancePath+"/advice/" + i17+"/human",schemaPath:"#/properties/advice/items/properties/human/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err169];
}
else {
vErrors.push(err169);
}
errors++;
}
}
}
else {
const err170 = {instancePath:instancePath+"/advice/" + i17,schemaPath:"#/properties/advice/items/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err170];
}
else {
vErrors.push(err170);
}
errors++;
}
}
}
else {
const err171 = {instancePath:instancePath+"/advice",schemaPath:"#/properties/advice/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err171];
}
else {
vErrors.push(err171);
}
errors++;
}
}
}
else {
const err172 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err172];
}
else {
vErrors.push(err172);
}
errors++;
}
validate10.errors = vErrors;
return errors === 0;
}

return module.exports;
};
exports["4c7b24d7e1dd67f55fd53525dfd79ce4"] = function isPolicyTable() {
const module = {};
"use strict";
module.exports = validate10;
module.exports.default = validate10;
const schema11 = {"type":"object","additionalProperties":false,"required":["rows"],"properties":{"description":{"type":"string","minLength":1},"schemes":{"type":"array","items":{"type":"object","additionalProperties":false,"required":["manufacturer","therapies"],"properties":{"manufacturer":{"type":"string","minLength":1},"therapies":{"type":"array","items":{"type":"string","minLength":1},"minItems":1}}}},"rows":{"type":"array","minItems":1,"items":{"type":"object","additionalProperties":false,"properties":{"trust":{"type":"string","minLength":1},"provider":{"type":"string","minLength":1},"therapy":{"type":"string","minLength":1},"screening":{"type":"boolean"},"renewalLeadDays":{"type":"number","minimum":0},"cancelByMessage":{"type":"boolean"},"secondOrder":{"enum":["allow","warn","refuse"]},"due":{"type":"object","additionalProperties":{"type":"array","minItems":1,"items":{"anyOf":[{"type":"object","additionalProperties":false,"required":["hours"],"properties":{"hours":{"type":"number","exclusiveMinimum":0}}},{"type":"object","additionalProperties":false,"required":["from","days"],"properties":{"from":{"enum":["restriction.period.start","restriction.period.end","executionPeriod.start","executionPeriod.end"]},"days":{"type":"number"}}}]}}},"signature":{"type":"object","additionalProperties":false,"required":["demand"],"anyOf":[{"required":["roots"]},{"required":["keys"]}],"properties":{"demand":{"enum":["required","optional"]},"roots":{"type":"array","minItems":1,"items":{"type":"string","minLength":1}},"revocationLists":{"type":"array","minItems":1,"items":{"type":"string","minLength":1}},"keys":{"type":"array","minItems":1,"items":{"type":"string","minLength":1}}}}}}}}};
const func2 = require("ajv/dist/runtime/ucs2length").default;
const func5 = Object.prototype.hasOwnProperty;

function validate10(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.rows === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "rows"},message:"must have required property '"+"rows"+"'"};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
for(const key0 in data){
if(!(((key0 === "description") || (key0 === "schemes")) || (key0 === "rows"))){
const err1 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
}
if(data.description !== undefined){
let data0 = data.description;
if(typeof data0 === "string"){
if(func2(data0) < 1){
const err2 = {instancePath:instancePath+"/description",schemaPath:"#/properties/description/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
else {
const err3 = {instancePath:instancePath+"/description",schemaPath:"#/properties/description/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
}
if(data.schemes !== undefined){
let data1 = data.schemes;
if(Array.isArray(data1)){
const len0 = data1.length;
for(let i0=0; i0<len0; i0++){
let data2 = data1[i0];
if(data2 && typeof data2 == "object" && !Array.isArray(data2)){
if(data2.manufacturer === undefined){
const err4 = {instancePath:instancePath+"/schemes/" + i0,schemaPath:"#/properties/schemes/items/required",keyword:"required",params:{missingProperty: "manufacturer"},message:"must have required property '"+"manufacturer"+"'"};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
if(data2.therapies === undefined){
const err5 = {instancePath:instancePath+"/schemes/" + i0,schemaPath:"#/properties/schemes/items/required",keyword:"required",params:{missingProperty: "therapies"},message:"must have required property '"+"therapies"+"'"};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
for(const key1 in data2){
if(!((key1 === "manufacturer") || (key1 === "therapies"))){
const err6 = {instancePath:instancePath+"/schemes/" + i0,schemaPath:"#/properties/schemes/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key1},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
if(data2.manufacturer !== undefined){
let data3 = data2.manufacturer;
if(typeof data3 === "string"){
if(func2(data3) < 1){
const err7 = {instancePath:instancePath+"/schemes/" + i0+"/manufacturer",schemaPath:"#/properties/schemes/items/properties/manufacturer/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
}
else {
const err8 = {instancePath:instancePath+"/schemes/" + i0+"/manufacturer",schemaPath:"#/properties/schemes/items/properties/manufacturer/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
if(data2.therapies !== undefined){
let data4 = data2.therapies;
if(Array.isArray(data4)){
if(data4.length < 1){
const err9 = {instancePath:instancePath+"/schemes/" + i0+"/therapies",schemaPath:"#/properties/schemes/items/properties/therapies/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
const len1 = data4.length;
for(let i1=0; i1<len1; i1++){
let data5 = data4[i1];
if(typeof data5 === "string"){
if(func2(data5) < 1){
const err10 = {instancePath:instancePath+"/schemes/" + i0+"/therapies/" + i1,schemaPath:"#/properties/schemes/items/properties/therapies/items/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
}
else {
const err11 = {instancePath:instancePath+"/schemes/" + i0+"/therapies/" + i1,schemaPath:"#/properties/schemes/items/properties/therapies/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
}
}
else {
const err12 = {instancePath:instancePath+"/schemes/" + i0+"/therapies",schemaPath:"#/properties/schemes/items/properties/therapies/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
}
}
else {
const err13 = {instancePath:instancePath+"/schemes/" + i0,schemaPath:"#/properties/schemes/items/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
}
}
else {
const err14 = {instancePath:instancePath+"/schemes",schemaPath:"#/properties/schemes/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
}
if(data.rows !== undefined){
let data6 = data.rows;
if(Array.isArray(data6)){
if(data6.length < 1){
const err15 = {instancePath:instancePath+"/rows",schemaPath:"#/properties/rows/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
const len2 = data6.length;
for(let i2=0; i2<len2; i2++){
let data7 = data6[i2];
if(data7 && typeof data7 == "object" && !Array.isArray(data7)){
for(const key2 in data7){
if(!(func5.call(schema11.properties.rows.items.properties, key2))){
const err16 = {instancePath:instancePath+"/rows/" + i2,schemaPath:"#/properties/rows/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key2},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
}
if(data7.trust !== undefined){
let data8 = data7.trust;
if(typeof data8 === "string"){
if(func2(data8) < 1){
const err17 = {instancePath:instancePath+"/rows/" + i2+"/trust",schemaPath:"#/properties/rows/items/properties/trust/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
}
else {
const err18 = {instancePath:instancePath+"/rows/" + i2+"/trust",schemaPath:"#/properties/rows/items/properties/trust/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
}
if(data7.provider !== undefined){
let data9 = data7.provider;
if(typeof data9 === "string"){
if(func2(data9) < 1){
const err19 = {instancePath:instancePath+"/rows/" + i2+"/provider",schemaPath:"#/properties/rows/items/properties/provider/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
}
else {
const err20 = {instancePath:instancePath+"/rows/" + i2+"/provider",schemaPath:"#/properties/rows/items/properties/provider/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
}
if(data7.therapy !== undefined){
let data10 = data7.therapy;
if(typeof data10 === "string"){
if(func2(data10) < 1){
const err21 = {instancePath:instancePath+"/rows/" + i2+"/therapy",schemaPath:"#/properties/rows/items/properties/therapy/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
}
else {
const err22 = {instancePath:instancePath+"/rows/" + i2+"/therapy",schemaPath:"#/properties/rows/items/properties/therapy/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
}
if(data7.screening !== undefined){
if(typeof data7.screening !== "boolean"){
const err23 = {instancePath:instancePath+"/rows/" + i2+"/screening",schemaPath:"#/properties/rows/items/properties/screening/type",keyword:"type",params:{type: "boolean"},message:"must be boolean"};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
}
if(data7.renewalLeadDays !== undefined){
let data12 = data7.renewalLeadDays;
if((typeof data12 == "number") && (isFinite(data12))){
if(data12 < 0 || isNaN(data12)){
const err24 = {instancePath:instancePath+"/rows/" + i2+"/renewalLeadDays",schemaPath:"#/properties/rows/items/properties/renewalLeadDays/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0"};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
}
else {
const err25 = {instancePath:instancePath+"/rows/" + i2+"/renewalLeadDays",schemaPath:"#/properties/rows/items/properties/renewalLeadDays/type",keyword:"type",params:{type: "number"},message:"must be number"};
if(vErrors === null){
vErrors = [err25];
}
else {
vErrors.push(err25);
}
errors++;
}
}
if(data7.cancelByMessage !== undefined){
if(typeof data7.cancelByMessage !== "boolean"){
const err26 = {instancePath:instancePath+"/rows/" + i2+"/cancelByMessage",schemaPath:"#/properties/rows/items/properties/cancelByMessage/type",keyword:"type",params:{type: "boolean"},message:"must be boolean"};
if(vErrors === null){
vErrors = [err26];
}
else {
vErrors.push(err26);
}
errors++;
}
}
if(data7.secondOrder !== undefined){
let data14 = data7.secondOrder;
if(!(((data14 === "allow") || (data14 === "warn")) || (data14 === "refuse"))){
const err27 = {instancePath:instancePath+"/rows/" + i2+"/secondOrder",schemaPath:"#/properties/rows/items/properties/secondOrder/enum",keyword:"enum",params:{allowedValues: schema11.properties.rows.items.properties.secondOrder.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err27];
}
else {
vErrors.push(err27);
}
errors++;
}
}
if(data7.due !== undefined){
let data15 = data7.due;
if(data15 && typeof data15 == "object" && !Array.isArray(data15)){
for(const key3 in data15){
let data16 = data15[key3];
if(Array.isArray(data16)){
if(data16.length < 1){
const err28 = {instancePath:instancePath+"/rows/" + i2+"/due/" + key3.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/rows/items/properties/due/additionalProperties/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"};
if(vErrors === null){
vErrors = [err28];
}
else {
vErrors.push(err28);
}
errors++;
}
const len3 = data16.length;
for(let i3=0; i3<len3; i3++){
let data17 = data16[i3];
const _errs39 = errors;
let valid12 = false;
const _errs40 = errors;
if(data17 && typeof data17 == "object" && !Array.isArray(data17)){
if(data17.hours === undefined){
const err29 = {instancePath:instancePath+"/rows/" + i2+"/due/" + key3.replace(/~/g, "~0").replace(/\//g, "~1")+"/" + i3,schemaPath:"#/properties/rows/items/properties/due/additionalProperties/items/anyOf/0/required",keyword:"required",params:{missingProperty: "hours"},message:"must have required property '"+"hours"+"'"};
if(vErrors === null){
vErrors = [err29];
}
else {
vErrors.push(err29);
}
errors++;
}
for(const key4 in data17){
if(!(key4 === "hours")){
const err30 = {instancePath:instancePath+"/rows/" + i2+"/due/" + key3.replace(/~/g, "~0").replace(/\//g, "~1")+"/" + i3,schemaPath:"#/properties/rows/items/properties/due/additionalProperties/items/anyOf/0/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key4},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err30];
}
else {
vErrors.push(err30);
}
errors++;
}
}
if(data17.hours !== undefined){
let data18 = data17.hours;
if((typeof data18 == "number") && (isFinite(data18))){
if(data18 <= 0 || isNaN(data18)){
const err31 = {instancePath:instancePath+"/rows/" + i2+"/due/" + key3.replace(/~/g, "~0").replace(/\//g, "~1")+"/" + i3+"/hours",schemaPath:"#/properties/rows/items/properties/due/additionalProperties/items/anyOf/0/properties/hours/exclusiveMinimum",keyword:"exclusiveMinimum",params:{comparison: ">", limit: 0},message:"must be > 0"};
if(vErrors === null){
vErrors = [err31];
}
else {
vErrors.push(err31);
}
errors++;
}
}
else {
const err32 = {instancePath:instancePath+"/rows/" + i2+"/due/" + key3.replace(/~/g, "~0").replace(/\//g, "~1")+"/" + i3+"/hours",schemaPath:"#/properties/rows/items/properties/due/additionalProperties/items/anyOf/0/properties/hours/type",keyword:"type",params:{type: "number"},message:"must be number"};
if(vErrors === null){
vErrors = [err32];
}
else {
vErrors.push(err32);
}
errors++;
}
}
}
else {
const err33 = {instancePath:instancePath+"/rows/" + i2+"/due/" + key3.replace(/~/g, "~0").replace(/\//g, "~1")+"/" + i3,schemaPath:"#/properties/rows/items/properties/due/additionalProperties/items/anyOf/0/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err33];
}
else {
vErrors.push(err33);
}
errors++;
}
var _valid0 = _errs40 === errors;
valid12 = valid12 || _valid0;
if(!valid12){
const _errs45 = errors;
if(data17 && typeof data17 == "object" && !Array.isArray(data17)){
if(data17.from === undefined){
const err34 = {instancePath:instancePath+"/rows/" + i2+"/due/" + key3.replace(/~/g, "~0").replace(/\//g, "~1")+"/" + i3,schemaPath:"#/properties/rows/items/properties/due/additionalProperties/items/anyOf/1/required",keyword:"required",params:{missingProperty: "from"},message:"must have required property '"+"from"+"'"};
if(vErrors === null){
vErrors = [err34];
}
else {
vErrors.push(err34);
}
errors++;
}
if(data17.days === undefined){
const err35 = {instancePath:instancePath+"/rows/" + i2+"/due/" + key3.replace(/~/g, "~0").replace(/\//g, "~1")+"/" + i3,schemaPath:"#/properties/rows/items/properties/due/additionalProperties/items/anyOf/1/required",keyword:"required",params:{missingProperty: "days"},message:"must have required property '"+"days"+"'"};
if(vErrors === null){
vErrors = [err35];
}
else {
vErrors.push(err35);
}
errors++;
}
for(const key5 in data17){
if(!((key5 === "from") || (key5 === "days"))){
const err36 = {instancePath:instancePath+"/rows/" + i2+"/due/" + key3.replace(/~/g, "~0").replace(/\//g, "~1")+"/" + i3,schemaPath:"#/properties/rows/items/properties/due/additionalProperties/items/anyOf/1/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key5},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err36];
}
else {
vErrors.push(err36);
}
errors++;
}
}
if(data17.from !== undefined){
let data19 = data17.from;
if(!((((data19 === "restriction.period.start") || (data19 === "restriction.period.end")) || (data19 === "executionPeriod.start")) || (data19 === "executionPeriod.end"))){
const err37 = {instancePath:instancePath+"/rows/" + i2+"/due/" + key3.replace(/~/g, "~0").replace(/\//g, "~1")+"/" + i3+"/from",schemaPath:"#/properties/rows/items/properties/due/additionalProperties/items/anyOf/1/properties/from/enum",keyword:"enum",params:{allowedValues: schema11.properties.rows.items.properties.due.additionalProperties.items.anyOf[1].properties.from.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err37];
}
else {
vErrors.push(err37);
}
errors++;
}
}
if(data17.days !== undefined){
let data20 = data17.days;
if(!((typeof data20 == "number") && (isFinite(data20)))){
const err38 = {instancePath:instancePath+"/rows/" + i2+"/due/" + key3.replace(/~/g, "~0").replace(/\//g, "~1")+"/" + i3+"/days",schemaPath:"#/properties/rows/items/properties/due/additionalProperties/items/anyOf/1/properties/days/type",keyword:"type",params:{type: "number"},message:"must be number"};
if(vErrors === null){
vErrors = [err38];
}
else {
vErrors.push(err38);
}
errors++;
}
}
}
else {
const err39 = {instancePath:instancePath+"/rows/" + i2+"/due/" + key3.replace(/~/g, "~0").replace(/\//g, "~1")+"/" + i3,schemaPath:"#/properties/rows/items/properties/due/additionalProperties/items/anyOf/1/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err39];
}
else {
vErrors.push(err39);
}
errors++;
}
var _valid0 = _errs45 === errors;
valid12 = valid12 || _valid0;
}
if(!valid12){
const err40 = {instancePath:instancePath+"/rows/" + i2+"/due/" + key3.replace(/~/g, "~0").replace(/\//g, "~1")+"/" + i3,schemaPath:"#/properties/rows/items/properties/due/additionalProperties/items/anyOf",keyword:"anyOf",params:{},message:"must match a schema in anyOf"};
if(vErrors === null){
vErrors = [err40];
}
else {
vErrors.push(err40);
}
errors++;
}
else {
errors = _errs39;
if(vErrors !== null){
if(_errs39){
vErrors.length = _errs39;
}
else {
vErrors = null;
}
}
}
}
}
else {
const err41 = {instancePath:instancePath+"/rows/" + i2+"/due/" + key3.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/rows/items/properties/due/additionalProperties/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err41];
}
else {
vErrors.push(err41);
}
errors++;
}
}
}
else {
const err42 = {instancePath:instancePath+"/rows/" + i2+"/due",schemaPath:"#/properties/rows/items/properties/due/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err42];
}
else {
vErrors.push(err42);
}
errors++;
}
}
if(data7.signature !== undefined){
let data21 = data7.signature;
const _errs53 = errors;
let valid15 = false;
const _errs54 = errors;
if(data21 && typeof data21 == "object" && !Array.isArray(data21)){
if(data21.roots === undefined){
const err43 = {instancePath:instancePath+"/rows/" + i2+"/signature",schemaPath:"#/properties/rows/items/properties/signature/anyOf/0/required",keyword:"required",params:{missingProperty: "roots"},message:"must have required property '"+"roots"+"'"};
if(vErrors === null){
vErrors = [err43];
}
else {
vErrors.push(err43);
}
errors++;
}
}
var _valid1 = _errs54 === errors;
valid15 = valid15 || _valid1;
if(!valid15){
const _errs55 = errors;
if(data21 && typeof data21 == "object" && !Array.isArray(data21)){
if(data21.keys === undefined){
const err44 = {instancePath:instancePath+"/rows/" + i2+"/signature",schemaPath:"#/properties/rows/items/properties/signature/anyOf/1/required",keyword:"required",params:{missingProperty: "keys"},message:"must have required property '"+"keys"+"'"};
if(vErrors === null){
vErrors = [err44];
}
else {
vErrors.push(err44);
}
errors++;
}
}
var _valid1 = _errs55 === errors;
valid15 = valid15 || _valid1;
}
if(!valid15){
const err45 = {instancePath:instancePath+"/rows/" + i2+"/signature",schemaPath:"#/properties/rows/items/properties/signature/anyOf",keyword:"anyOf",params:{},message:"must match a schema in anyOf"};
if(vErrors === null){
vErrors = [err45];
}
else {
vErrors.push(err45);
}
errors++;
}
else {
errors = _errs53;
if(vErrors !== null){
if(_errs53){
vErrors.length = _errs53;
}
else {
vErrors = null;
}
}
}
if(data21 && typeof data21 == "object" && !Array.isArray(data21)){
if(data21.demand === undefined){
const err46 = {instancePath:instancePath+"/rows/" + i2+"/signature",schemaPath:"#/properties/rows/items/properties/signature/required",keyword:"required",params:{missingProperty: "demand"},message:"must have required property '"+"demand"+"'"};
if(vErrors === null){
vErrors = [err46];
}
else {
vErrors.push(err46);
}
errors++;
}
for(const key6 in data21){
if(!((((key6 === "demand") || (key6 === "roots")) || (key6 === "revocationLists")) || (key6 === "keys"))){
const err47 = {instancePath:instancePath+"/rows/" + i2+"/signature",schemaPath:"#/properties/rows/items/properties/signature/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key6},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err47];
}
else {
vErrors.push(err47);
}
errors++;
}
}
if(data21.demand !== undefined){
let data22 = data21.demand;
if(!((data22 === "required") || (data22 === "optional"))){
const err48 = {instancePath:instancePath+"/rows/" + i2+"/signature/demand",schemaPath:"#/properties/rows/items/properties/signature/properties/demand/enum",keyword:"enum",params:{allowedValues: schema11.properties.rows.items.properties.signature.properties.demand.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err48];
}
else {
vErrors.push(err48);
}
errors++;
}
}
if(data21.roots !== undefined){
let data23 = data21.roots;
if(Array.isArray(data23)){
if(data23.length < 1){
const err49 = {instancePath:instancePath+"/rows/" + i2+"/signature/roots",schemaPath:"#/properties/rows/items/properties/signature/properties/roots/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"};
if(vErrors === null){
vErrors = [err49];
}
else {
vErrors.push(err49);
}
errors++;
}
const len4 = data23.length;
for(let i4=0; i4<len4; i4++){
let data24 = data23[i4];
if(typeof data24 === "string"){
if(func2(data24) < 1){
const err50 = {instancePath:instancePath+"/rows/" + i2+"/signature/roots/" + i4,schemaPath:"#/properties/rows/items/properties/signature/properties/roots/items/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err50];
}
else {
vErrors.push(err50);
}
errors++;
}
}
else {
const err51 = {instancePath:instancePath+"/rows/" + i2+"/signature/roots/" + i4,schemaPath:"#/properties/rows/items/properties/signature/properties/roots/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err51];
}
else {
vErrors.push(err51);
}
errors++;
}
}
}
else {
const err52 = {instancePath:instancePath+"/rows/" + i2+"/signature/roots",schemaPath:"#/properties/rows/items/properties/signature/properties/roots/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err52];
}
else {
vErrors.push(err52);
}
errors++;
}
}
if(data21.revocationLists !== undefined){
let data25 = data21.revocationLists;
if(Array.isArray(data25)){
if(data25.length < 1){
const err53 = {instancePath:instancePath+"/rows/" + i2+"/signature/revocationLists",schemaPath:"#/properties/rows/items/properties/signature/properties/revocationLists/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"};
if(vErrors === null){
vErrors = [err53];
}
else {
vErrors.push(err53);
}
errors++;
}
const len5 = data25.length;
for(let i5=0; i5<len5; i5++){
let data26 = data25[i5];
if(typeof data26 === "string"){
if(func2(data26) < 1){
const err54 = {instancePath:instancePath+"/rows/" + i2+"/signature/revocationLists/" + i5,schemaPath:"#/properties/rows/items/properties/signature/properties/revocationLists/items/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err54];
}
else {
vErrors.push(err54);
}
errors++;
}
}
else {
const err55 = {instancePath:instancePath+"/rows/" + i2+"/signature/revocationLists/" + i5,schemaPath:"#/properties/rows/items/properties/signature/properties/revocationLists/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err55];
}
else {
vErrors.push(err55);
}
errors++;
}
}
}
else {
const err56 = {instancePath:instancePath+"/rows/" + i2+"/signature/revocationLists",schemaPath:"#/properties/rows/items/properties/signature/properties/revocationLists/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err56];
}
else {
vErrors.push(err56);
}
errors++;
}
}
if(data21.keys !== undefined){
let data27 = data21.keys;
if(Array.isArray(data27)){
if(data27.length < 1){
const err57 = {instancePath:instancePath+"/rows/" + i2+"/signature/keys",schemaPath:"#/properties/rows/items/properties/signature/properties/keys/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"};
if(vErrors === null){
vErrors = [err57];
}
else {
vErrors.push(err57);
}
errors++;
}
const len6 = data27.length;
for(let i6=0; i6<len6; i6++){
let data28 = data27[i6];
if(typeof data28 === "string"){
if(func2(data28) < 1){
const err58 = {instancePath:instancePath+"/rows/" + i2+"/signature/keys/" + i6,schemaPath:"#/properties/rows/items/properties/signature/properties/keys/items/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err58];
}
else {
vErrors.push(err58);
}
errors++;
}
}
else {
const err59 = {instancePath:instancePath+"/rows/" + i2+"/signature/keys/" + i6,schemaPath:"#/properties/rows/items/properties/signature/properties/keys/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err59];
}
else {
vErrors.push(err59);
}
errors++;
}
}
}
else {
const err60 = {instancePath:instancePath+"/rows/" + i2+"/signature/keys",schemaPath:"#/properties/rows/items/properties/signature/properties/keys/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err60];
}
else {
vErrors.push(err60);
}
errors++;
}
}
}
else {
const err61 = {instancePath:instancePath+"/rows/" + i2+"/signature",schemaPath:"#/properties/rows/items/properties/signature/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err61];
}
else {
vErrors.push(err61);
}
errors++;
}
}
}
else {
const err62 = {instancePath:instancePath+"/rows/" + i2,schemaPath:"#/properties/rows/items/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err62];
}
else {
vErrors.push(err62);
}
errors++;
}
}
}
else {
const err63 = {instancePath:instancePath+"/rows",schemaPath:"#/properties/rows/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err63];
}
else {
vErrors.push(err63);
}
errors++;
}
}
}
else {
const err64 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err64];
}
else {
vErrors.push(err64);
}
errors++;
}
validate10.errors = vErrors;
return errors === 0;
}

return module.exports;
};
exports["4115056f41a73d1c53cfbef429dbb0b9"] = function isRulesTable() {
const module = {};
"use strict";
module.exports = validate10;
module.exports.default = validate10;
const schema11 = {"type":"object","required":["rules"],"properties":{"description":{"type":"string","minLength":1},"rules":{"type":"array","items":{"type":"object","required":["code","types","severity","reason","source"],"oneOf":[{"required":["checks"]},{"required":["expression","at","words"]}],"additionalProperties":false,"properties":{"code":{"type":"string","pattern":"^[a-z][a-z0-9-]*$"},"types":{"type":"array","items":{"type":"string","pattern":"^(\\*|order|[A-Z][A-Za-z]+)$"},"minItems":1},"severity":{"enum":["error","warning","information"]},"checks":{"type":"array","items":{"type":"string","minLength":1},"minItems":1},"expression":{"type":"string","minLength":1},"at":{"type":"string"},"words":{"type":"string","minLength":1},"reason":{"type":"string","minLength":1},"source":{"type":"string","minLength":1},"national":{"type":"object","required":["system","code"],"additionalProperties":false,"properties":{"system":{"type":"string","minLength":1},"code":{"type":"string","minLength":1},"display":{"type":"string","minLength":1}}}}},"minItems":1}},"additionalProperties":false};
const func2 = require("ajv/dist/runtime/ucs2length").default;
const func3 = Object.prototype.hasOwnProperty;
const pattern0 = new RegExp("^[a-z][a-z0-9-]*$", "u");
const pattern1 = new RegExp("^(\\*|order|[A-Z][A-Za-z]+)$", "u");

function validate10(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.rules === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "rules"},message:"must have required property '"+"rules"+"'"};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
for(const key0 in data){
if(!((key0 === "description") || (key0 === "rules"))){
const err1 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
}
if(data.description !== undefined){
let data0 = data.description;
if(typeof data0 === "string"){
if(func2(data0) < 1){
const err2 = {instancePath:instancePath+"/description",schemaPath:"#/properties/description/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
else {
const err3 = {instancePath:instancePath+"/description",schemaPath:"#/properties/description/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
}
if(data.rules !== undefined){
let data1 = data.rules;
if(Array.isArray(data1)){
if(data1.length < 1){
const err4 = {instancePath:instancePath+"/rules",schemaPath:"#/properties/rules/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
const len0 = data1.length;
for(let i0=0; i0<len0; i0++){
let data2 = data1[i0];
const _errs8 = errors;
let valid3 = false;
let passing0 = null;
const _errs9 = errors;
if(data2 && typeof data2 == "object" && !Array.isArray(data2)){
if(data2.checks === undefined){
const err5 = {instancePath:instancePath+"/rules/" + i0,schemaPath:"#/properties/rules/items/oneOf/0/required",keyword:"required",params:{missingProperty: "checks"},message:"must have required property '"+"checks"+"'"};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
var _valid0 = _errs9 === errors;
if(_valid0){
valid3 = true;
passing0 = 0;
}
const _errs10 = errors;
if(data2 && typeof data2 == "object" && !Array.isArray(data2)){
if(data2.expression === undefined){
const err6 = {instancePath:instancePath+"/rules/" + i0,schemaPath:"#/properties/rules/items/oneOf/1/required",keyword:"required",params:{missingProperty: "expression"},message:"must have required property '"+"expression"+"'"};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
if(data2.at === undefined){
const err7 = {instancePath:instancePath+"/rules/" + i0,schemaPath:"#/properties/rules/items/oneOf/1/required",keyword:"required",params:{missingProperty: "at"},message:"must have required property '"+"at"+"'"};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
if(data2.words === undefined){
const err8 = {instancePath:instancePath+"/rules/" + i0,schemaPath:"#/properties/rules/items/oneOf/1/required",keyword:"required",params:{missingProperty: "words"},message:"must have required property '"+"words"+"'"};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
var _valid0 = _errs10 === errors;
if(_valid0 && valid3){
valid3 = false;
passing0 = [passing0, 1];
}
else {
if(_valid0){
valid3 = true;
passing0 = 1;
}
}
if(!valid3){
const err9 = {instancePath:instancePath+"/rules/" + i0,schemaPath:"#/properties/rules/items/oneOf",keyword:"oneOf",params:{passingSchemas: passing0},message:"must match exactly one schema in oneOf"};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
else {
errors = _errs8;
if(vErrors !== null){
if(_errs8){
vErrors.length = _errs8;
}
else {
vErrors = null;
}
}
}
if(data2 && typeof data2 == "object" && !Array.isArray(data2)){
if(data2.code === undefined){
const err10 = {instancePath:instancePath+"/rules/" + i0,schemaPath:"#/properties/rules/items/required",keyword:"required",params:{missingProperty: "code"},message:"must have required property '"+"code"+"'"};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
if(data2.types === undefined){
const err11 = {instancePath:instancePath+"/rules/" + i0,schemaPath:"#/properties/rules/items/required",keyword:"required",params:{missingProperty: "types"},message:"must have required property '"+"types"+"'"};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
if(data2.severity === undefined){
const err12 = {instancePath:instancePath+"/rules/" + i0,schemaPath:"#/properties/rules/items/required",keyword:"required",params:{missingProperty: "severity"},message:"must have required property '"+"severity"+"'"};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
if(data2.reason === undefined){
const err13 = {instancePath:instancePath+"/rules/" + i0,schemaPath:"#/properties/rules/items/required",keyword:"required",params:{missingProperty: "reason"},message:"must have required property '"+"reason"+"'"};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
if(data2.source === undefined){
const err14 = {instancePath:instancePath+"/rules/" + i0,schemaPath:"#/properties/rules/items/required",keyword:"required",params:{missingProperty: "source"},message:"must have required property '"+"source"+"'"};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
for(const key1 in data2){
if(!(func3.call(schema11.properties.rules.items.properties, key1))){
const err15 = {instancePath:instancePath+"/rules/" + i0,schemaPath:"#/properties/rules/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key1},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
}
if(data2.code !== undefined){
let data3 = data2.code;
if(typeof data3 === "string"){
if(!pattern0.test(data3)){
const err16 = {instancePath:instancePath+"/rules/" + i0+"/code",schemaPath:"#/properties/rules/items/properties/code/pattern",keyword:"pattern",params:{pattern: "^[a-z][a-z0-9-]*$"},message:"must match pattern \""+"^[a-z][a-z0-9-]*$"+"\""};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
}
else {
const err17 = {instancePath:instancePath+"/rules/" + i0+"/code",schemaPath:"#/properties/rules/items/properties/code/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
}
if(data2.types !== undefined){
let data4 = data2.types;
if(Array.isArray(data4)){
if(data4.length < 1){
const err18 = {instancePath:instancePath+"/rules/" + i0+"/types",schemaPath:"#/properties/rules/items/properties/types/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
const len1 = data4.length;
for(let i1=0; i1<len1; i1++){
let data5 = data4[i1];
if(typeof data5 === "string"){
if(!pattern1.test(data5)){
const err19 = {instancePath:instancePath+"/rules/" + i0+"/types/" + i1,schemaPath:"#/properties/rules/items/properties/types/items/pattern",keyword:"pattern",params:{pattern: "^(\\*|order|[A-Z][A-Za-z]+)$"},message:"must match pattern \""+"^(\\*|order|[A-Z][A-Za-z]+)$"+"\""};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
}
else {
const err20 = {instancePath:instancePath+"/rules/" + i0+"/types/" + i1,schemaPath:"#/properties/rules/items/properties/types/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
}
}
else {
const err21 = {instancePath:instancePath+"/rules/" + i0+"/types",schemaPath:"#/properties/rules/items/properties/types/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
}
if(data2.severity !== undefined){
let data6 = data2.severity;
if(!(((data6 === "error") || (data6 === "warning")) || (data6 === "information"))){
const err22 = {instancePath:instancePath+"/rules/" + i0+"/severity",schemaPath:"#/properties/rules/items/properties/severity/enum",keyword:"enum",params:{allowedValues: schema11.properties.rules.items.properties.severity.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
}
if(data2.checks !== undefined){
let data7 = data2.checks;
if(Array.isArray(data7)){
if(data7.length < 1){
const err23 = {instancePath:instancePath+"/rules/" + i0+"/checks",schemaPath:"#/properties/rules/items/properties/checks/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
const len2 = data7.length;
for(let i2=0; i2<len2; i2++){
let data8 = data7[i2];
if(typeof data8 === "string"){
if(func2(data8) < 1){
const err24 = {instancePath:instancePath+"/rules/" + i0+"/checks/" + i2,schemaPath:"#/properties/rules/items/properties/checks/items/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
}
else {
const err25 = {instancePath:instancePath+"/rules/" + i0+"/checks/" + i2,schemaPath:"#/properties/rules/items/properties/checks/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err25];
}
else {
vErrors.push(err25);
}
errors++;
}
}
}
else {
const err26 = {instancePath:instancePath+"/rules/" + i0+"/checks",schemaPath:"#/properties/rules/items/properties/checks/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err26];
}
else {
vErrors.push(err26);
}
errors++;
}
}
if(data2.expression !== undefined){
let data9 = data2.expression;
if(typeof data9 === "string"){
if(func2(data9) < 1){
const err27 = {instancePath:instancePath+"/rules/" + i0+"/expression",schemaPath:"#/properties/rules/items/properties/expression/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err27];
}
else {
vErrors.push(err27);
}
errors++;
}
}
else {
const err28 = {instancePath:instancePath+"/rules/" + i0+"/expression",schemaPath:"#/properties/rules/items/properties/expression/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err28];
}
else {
vErrors.push(err28);
}
errors++;
}
}
if(data2.at !== undefined){
if(typeof data2.at !== "string"){
const err29 = {instancePath:instancePath+"/rules/" + i0+"/at",schemaPath:"#/properties/rules/items/properties/at/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err29];
}
else {
vErrors.push(err29);
}
errors++;
}
}
if(data2.words !== undefined){
let data11 = data2.words;
if(typeof data11 === "string"){
if(func2(data11) < 1){
const err30 = {instancePath:instancePath+"/rules/" + i0+"/words",schemaPath:"#/properties/rules/items/properties/words/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err30];
}
else {
vErrors.push(err30);
}
errors++;
}
}
else {
const err31 = {instancePath:instancePath+"/rules/" + i0+"/words",schemaPath:"#/properties/rules/items/properties/words/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err31];
}
else {
vErrors.push(err31);
}
errors++;
}
}
if(data2.reason !== undefined){
let data12 = data2.reason;
if(typeof data12 === "string"){
if(func2(data12) < 1){
const err32 = {instancePath:instancePath+"/rules/" + i0+"/reason",schemaPath:"#/properties/rules/items/properties/reason/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err32];
}
else {
vErrors.push(err32);
}
errors++;
}
}
else {
const err33 = {instancePath:instancePath+"/rules/" + i0+"/reason",schemaPath:"#/properties/rules/items/properties/reason/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err33];
}
else {
vErrors.push(err33);
}
errors++;
}
}
if(data2.source !== undefined){
let data13 = data2.source;
if(typeof data13 === "string"){
if(func2(data13) < 1){
const err34 = {instancePath:instancePath+"/rules/" + i0+"/source",schemaPath:"#/properties/rules/items/properties/source/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err34];
}
else {
vErrors.push(err34);
}
errors++;
}
}
else {
const err35 = {instancePath:instancePath+"/rules/" + i0+"/source",schemaPath:"#/properties/rules/items/properties/source/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err35];
}
else {
vErrors.push(err35);
}
errors++;
}
}
if(data2.national !== undefined){
let data14 = data2.national;
if(data14 && typeof data14 == "object" && !Array.isArray(data14)){
if(data14.system === undefined){
const err36 = {instancePath:instancePath+"/rules/" + i0+"/national",schemaPath:"#/properties/rules/items/properties/national/required",keyword:"required",params:{missingProperty: "system"},message:"must have required property '"+"system"+"'"};
if(vErrors === null){
vErrors = [err36];
}
else {
vErrors.push(err36);
}
errors++;
}
if(data14.code === undefined){
const err37 = {instancePath:instancePath+"/rules/" + i0+"/national",schemaPath:"#/properties/rules/items/properties/national/required",keyword:"required",params:{missingProperty: "code"},message:"must have required property '"+"code"+"'"};
if(vErrors === null){
vErrors = [err37];
}
else {
vErrors.push(err37);
}
errors++;
}
for(const key2 in data14){
if(!(((key2 === "system") || (key2 === "code")) || (key2 === "display"))){
const err38 = {instancePath:instancePath+"/rules/" + i0+"/national",schemaPath:"#/properties/rules/items/properties/national/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key2},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err38];
}
else {
vErrors.push(err38);
}
errors++;
}
}
if(data14.system !== undefined){
let data15 = data14.system;
if(typeof data15 === "string"){
if(func2(data15) < 1){
const err39 = {instancePath:instancePath+"/rules/" + i0+"/national/system",schemaPath:"#/properties/rules/items/properties/national/properties/system/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err39];
}
else {
vErrors.push(err39);
}
errors++;
}
}
else {
const err40 = {instancePath:instancePath+"/rules/" + i0+"/national/system",schemaPath:"#/properties/rules/items/properties/national/properties/system/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err40];
}
else {
vErrors.push(err40);
}
errors++;
}
}
if(data14.code !== undefined){
let data16 = data14.code;
if(typeof data16 === "string"){
if(func2(data16) < 1){
const err41 = {instancePath:instancePath+"/rules/" + i0+"/national/code",schemaPath:"#/properties/rules/items/properties/national/properties/code/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err41];
}
else {
vErrors.push(err41);
}
errors++;
}
}
else {
const err42 = {instancePath:instancePath+"/rules/" + i0+"/national/code",schemaPath:"#/properties/rules/items/properties/national/properties/code/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err42];
}
else {
vErrors.push(err42);
}
errors++;
}
}
if(data14.display !== undefined){
let data17 = data14.display;
if(typeof data17 === "string"){
if(func2(data17) < 1){
const err43 = {instancePath:instancePath+"/rules/" + i0+"/national/display",schemaPath:"#/properties/rules/items/properties/national/properties/display/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err43];
}
else {
vErrors.push(err43);
}
errors++;
}
}
else {
const err44 = {instancePath:instancePath+"/rules/" + i0+"/national/display",schemaPath:"#/properties/rules/items/properties/national/properties/display/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err44];
}
else {
vErrors.push(err44);
}
errors++;
}
}
}
else {
const err45 = {instancePath:instancePath+"/rules/" + i0+"/national",schemaPath:"#/properties/rules/items/properties/national/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err45];
}
else {
vErrors.push(err45);
}
errors++;
}
}
}
else {
const err46 = {instancePath:instancePath+"/rules/" + i0,schemaPath:"#/properties/rules/items/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err46];
}
else {
vErrors.push(err46);
}
errors++;
}
}
}
else {
const err47 = {instancePath:instancePath+"/rules",schemaPath:"#/properties/rules/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err47];
}
else {
vErrors.push(err47);
}
errors++;
}
}
}
else {
const err48 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err48];
}
else {
vErrors.push(err48);
}
errors++;
}
validate10.errors = vErrors;
return errors === 0;
}

return module.exports;
};
exports["672f1d97cc68430296dfc8379ba1a4b2"] = function isMedicinesTable() {
const module = {};
"use strict";
module.exports = validate10;
module.exports.default = validate10;
const schema11 = {"type":"object","required":["weeklyMedicines","intervalMedicines","doseLimits","controlledDrugs","biologics","byBrand","routes","deadlyRoutes","controlledDrugRoutes","quantityTolerance","intervalTolerance","doseTolerance","homecarePrescriptionTypes"],"additionalProperties":false,"properties":{"description":{"type":"string","minLength":1},"weeklyMedicines":{"type":"array","items":{"type":"object","required":["name","words","dosesPerWeek"],"additionalProperties":false,"properties":{"name":{"type":"string","minLength":1},"words":{"type":"array","items":{"type":"string","pattern":"^[a-z0-9.%]+$"},"minItems":1},"codes":{"type":"array","items":{"type":"string","pattern":"^\\d{6,18}$"},"minItems":0},"unless":{"type":"array","items":{"type":"string","minLength":1},"minItems":0},"names":{"type":"array","items":{"type":"string","pattern":"^[a-z0-9.%]+$"},"minItems":0},"source":{"type":"string","minLength":1},"dosesPerWeek":{"type":"integer","minimum":1,"maximum":6}}},"minItems":0},"intervalMedicines":{"type":"array","items":{"type":"object","required":["name","words","days","source"],"additionalProperties":false,"properties":{"name":{"type":"string","minLength":1},"words":{"type":"array","items":{"type":"string","pattern":"^[a-z0-9.%]+$"},"minItems":1},"codes":{"type":"array","items":{"type":"string","pattern":"^\\d{6,18}$"},"minItems":0},"unless":{"type":"array","items":{"type":"string","minLength":1},"minItems":0},"names":{"type":"array","items":{"type":"string","pattern":"^[a-z0-9.%]+$"},"minItems":0},"source":{"type":"string","minLength":1},"days":{"type":"number","exclusiveMinimum":0},"loadingDays":{"type":"number","exclusiveMinimum":0}}},"minItems":0},"doseLimits":{"type":"array","items":{"type":"object","required":["name","words","unit","source"],"additionalProperties":false,"properties":{"name":{"type":"string","minLength":1},"words":{"type":"array","items":{"type":"string","pattern":"^[a-z0-9.%]+$"},"minItems":1},"codes":{"type":"array","items":{"type":"string","pattern":"^\\d{6,18}$"},"minItems":0},"unless":{"type":"array","items":{"type":"string","minLength":1},"minItems":0},"names":{"type":"array","items":{"type":"string","pattern":"^[a-z0-9.%]+$"},"minItems":0},"source":{"type":"string","minLength":1},"unit":{"enum":["mg","unit"]},"perDose":{"type":"number","exclusiveMinimum":0},"perDay":{"type":"number","exclusiveMinimum":0},"perWeek":{"type":"number","exclusiveMinimum":0},"refuseAbove":{"type":"number","minimum":1}}},"minItems":0},"controlledDrugs":{"type":"array","items":{"type":"object","required":["name","words","schedule"],"additionalProperties":false,"properties":{"name":{"type":"string","minLength":1},"words":{"type":"array","items":{"type":"string","pattern":"^[a-z0-9.%]+$"},"minItems":1},"codes":{"type":"array","items":{"type":"string","pattern":"^\\d{6,18}$"},"minItems":0},"unless":{"type":"array","items":{"type":"string","minLength":1},"minItems":0},"names":{"type":"array","items":{"type":"string","pattern":"^[a-z0-9.%]+$"},"minItems":0},"source":{"type":"string","minLength":1},"schedule":{"enum":[1,2,3]}}},"minItems":0},"biologics":{"type":"array","items":{"type":"object","required":["name","words","source"],"additionalProperties":false,"properties":{"name":{"type":"string","minLength":1},"words":{"type":"array","items":{"type":"string","pattern":"^[a-z0-9.%]+$"},"minItems":1},"codes":{"type":"array","items":{"type":"string","pattern":"^\\d{6,18}$"},"minItems":0},"unless":{"type":"array","items":{"type":"string","minLength":1},"minItems":0},"names":{"type":"array","items":{"type":"string","pattern":"^[a-z0-9.%]+$"},"minItems":0},"source":{"type":"string","minLength":1}}},"minItems":0},"byBrand":{"type":"array","items":{"type":"object","required":["name","words","source"],"additionalProperties":false,"properties":{"name":{"type":"string","minLength":1},"words":{"type":"array","items":{"type":"string","pattern":"^[a-z0-9.%]+$"},"minItems":1},"codes":{"type":"array","items":{"type":"string","pattern":"^\\d{6,18}$"},"minItems":0},"unless":{"type":"array","items":{"type":"string","minLength":1},"minItems":0},"names":{"type":"array","items":{"type":"string","pattern":"^[a-z0-9.%]+$"},"minItems":0},"source":{"type":"string","minLength":1}}},"minItems":0},"routes":{"type":"object","required":["known","instructions","forms","sites"],"additionalProperties":false,"properties":{"known":{"type":"array","items":{"type":"object","required":["name","codes","phrases"],"additionalProperties":false,"properties":{"name":{"type":"string","minLength":1},"codes":{"type":"array","items":{"type":"string","pattern":"^\\d{6,18}$"},"minItems":0},"phrases":{"type":"array","items":{"type":"string","pattern":"^[a-z0-9]+( [a-z0-9]+)*$"},"minItems":1}}},"minItems":0},"instructions":{"type":"array","items":{"type":"object","required":["phrases","routes"],"additionalProperties":false,"properties":{"phrases":{"type":"array","items":{"type":"string","pattern":"^[a-z0-9]+( [a-z0-9]+)*$"},"minItems":1},"routes":{"type":"array","items":{"type":"string","minLength":1},"minItems":1},"unless":{"type":"array","items":{"type":"string","pattern":"^[a-z0-9]+( [a-z0-9]+)*$"},"minItems":1},"general":{"const":true},"uncertain":{"const":true}}},"minItems":0},"forms":{"type":"array","items":{"type":"object","required":["phrases","routes"],"additionalProperties":false,"properties":{"phrases":{"type":"array","items":{"type":"string","pattern":"^[a-z0-9]+( [a-z0-9]+)*$"},"minItems":1},"routes":{"type":"array","items":{"type":"string","minLength":1},"minItems":1},"unless":{"type":"array","items":{"type":"string","pattern":"^[a-z0-9]+( [a-z0-9]+)*$"},"minItems":1},"general":{"const":true},"uncertain":{"const":true}}},"minItems":0},"sites":{"type":"array","items":{"type":"object","required":["phrases","routes"],"additionalProperties":false,"properties":{"phrases":{"type":"array","items":{"type":"string","pattern":"^[a-z0-9]+( [a-z0-9]+)*$"},"minItems":1},"routes":{"type":"array","items":{"type":"string","minLength":1},"minItems":1},"unless":{"type":"array","items":{"type":"string","pattern":"^[a-z0-9]+( [a-z0-9]+)*$"},"minItems":1},"general":{"const":true},"uncertain":{"const":true}}},"minItems":0}}},"deadlyRoutes":{"type":"array","items":{"type":"object","required":["name","words","routes","source"],"additionalProperties":false,"properties":{"name":{"type":"string","minLength":1},"words":{"type":"array","items":{"type":"string","pattern":"^[a-z0-9.%]+$"},"minItems":1},"codes":{"type":"array","items":{"type":"string","pattern":"^\\d{6,18}$"},"minItems":0},"unless":{"type":"array","items":{"type":"string","minLength":1},"minItems":0},"names":{"type":"array","items":{"type":"string","pattern":"^[a-z0-9.%]+$"},"minItems":0},"source":{"type":"string","minLength":1},"routes":{"type":"array","items":{"type":"string","minLength":1},"minItems":1}}},"minItems":0},"controlledDrugRoutes":{"type":"object","required":["1","2","3"],"additionalProperties":false,"properties":{"1":{"type":"string","minLength":1},"2":{"type":"string","minLength":1},"3":{"type":"string","minLength":1}}},"quantityTolerance":{"type":"object","required":["refuseBelow","warnBelow","warnAbove","refuseAbove","spareUnits"],"additionalProperties":false,"properties":{"refuseBelow":{"type":"number","exclusiveMinimum":0},"warnBelow":{"type":"number","exclusiveMinimum":0},"warnAbove":{"type":"number","exclusiveMinimum":0},"refuseAbove":{"type":"number","exclusiveMinimum":0},"spareUnits":{"type":"number","minimum":0}}},"intervalTolerance":{"type":"object","required":["warnAbove","refuseAbove"],"additionalProperties":false,"properties":{"warnAbove":{"type":"number","minimum":1},"refuseAbove":{"type":"number","minimum":1}}},"doseTolerance":{"type":"object","required":["warnAbove","refuseAbove"],"additionalProperties":false,"properties":{"warnAbove":{"type":"number","minimum":1},"refuseAbove":{"type":"number","minimum":1}}},"homecarePrescriptionTypes":{"type":"array","items":{"type":"string","pattern":"^\\d{4}$"},"minItems":1}}};
const func2 = Object.prototype.hasOwnProperty;
const func3 = require("ajv/dist/runtime/ucs2length").default;
const pattern0 = new RegExp("^[a-z0-9.%]+$", "u");
const pattern1 = new RegExp("^\\d{6,18}$", "u");
const pattern19 = new RegExp("^[a-z0-9]+( [a-z0-9]+)*$", "u");
const pattern29 = new RegExp("^\\d{4}$", "u");

function validate10(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.weeklyMedicines === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "weeklyMedicines"},message:"must have required property '"+"weeklyMedicines"+"'"};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
if(data.intervalMedicines === undefined){
const err1 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "intervalMedicines"},message:"must have required property '"+"intervalMedicines"+"'"};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
if(data.doseLimits === undefined){
const err2 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "doseLimits"},message:"must have required property '"+"doseLimits"+"'"};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
if(data.controlledDrugs === undefined){
const err3 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "controlledDrugs"},message:"must have required property '"+"controlledDrugs"+"'"};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
if(data.biologics === undefined){
const err4 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "biologics"},message:"must have required property '"+"biologics"+"'"};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
if(data.byBrand === undefined){
const err5 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "byBrand"},message:"must have required property '"+"byBrand"+"'"};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
if(data.routes === undefined){
const err6 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "routes"},message:"must have required property '"+"routes"+"'"};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
if(data.deadlyRoutes === undefined){
const err7 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "deadlyRoutes"},message:"must have required property '"+"deadlyRoutes"+"'"};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
if(data.controlledDrugRoutes === undefined){
const err8 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "controlledDrugRoutes"},message:"must have required property '"+"controlledDrugRoutes"+"'"};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
if(data.quantityTolerance === undefined){
const err9 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "quantityTolerance"},message:"must have required property '"+"quantityTolerance"+"'"};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
if(data.intervalTolerance === undefined){
const err10 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "intervalTolerance"},message:"must have required property '"+"intervalTolerance"+"'"};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
if(data.doseTolerance === undefined){
const err11 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "doseTolerance"},message:"must have required property '"+"doseTolerance"+"'"};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
if(data.homecarePrescriptionTypes === undefined){
const err12 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "homecarePrescriptionTypes"},message:"must have required property '"+"homecarePrescriptionTypes"+"'"};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
for(const key0 in data){
if(!(func2.call(schema11.properties, key0))){
const err13 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
}
if(data.description !== undefined){
let data0 = data.description;
if(typeof data0 === "string"){
if(func3(data0) < 1){
const err14 = {instancePath:instancePath+"/description",schemaPath:"#/properties/description/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
}
else {
const err15 = {instancePath:instancePath+"/description",schemaPath:"#/properties/description/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
}
if(data.weeklyMedicines !== undefined){
let data1 = data.weeklyMedicines;
if(Array.isArray(data1)){
if(data1.length < 0){
const err16 = {instancePath:instancePath+"/weeklyMedicines",schemaPath:"#/properties/weeklyMedicines/minItems",keyword:"minItems",params:{limit: 0},message:"must NOT have fewer than 0 items"};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
const len0 = data1.length;
for(let i0=0; i0<len0; i0++){
let data2 = data1[i0];
if(data2 && typeof data2 == "object" && !Array.isArray(data2)){
if(data2.name === undefined){
const err17 = {instancePath:instancePath+"/weeklyMedicines/" + i0,schemaPath:"#/properties/weeklyMedicines/items/required",keyword:"required",params:{missingProperty: "name"},message:"must have required property '"+"name"+"'"};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
if(data2.words === undefined){
const err18 = {instancePath:instancePath+"/weeklyMedicines/" + i0,schemaPath:"#/properties/weeklyMedicines/items/required",keyword:"required",params:{missingProperty: "words"},message:"must have required property '"+"words"+"'"};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
if(data2.dosesPerWeek === undefined){
const err19 = {instancePath:instancePath+"/weeklyMedicines/" + i0,schemaPath:"#/properties/weeklyMedicines/items/required",keyword:"required",params:{missingProperty: "dosesPerWeek"},message:"must have required property '"+"dosesPerWeek"+"'"};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
for(const key1 in data2){
if(!(((((((key1 === "name") || (key1 === "words")) || (key1 === "codes")) || (key1 === "unless")) || (key1 === "names")) || (key1 === "source")) || (key1 === "dosesPerWeek"))){
const err20 = {instancePath:instancePath+"/weeklyMedicines/" + i0,schemaPath:"#/properties/weeklyMedicines/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key1},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
}
if(data2.name !== undefined){
let data3 = data2.name;
if(typeof data3 === "string"){
if(func3(data3) < 1){
const err21 = {instancePath:instancePath+"/weeklyMedicines/" + i0+"/name",schemaPath:"#/properties/weeklyMedicines/items/properties/name/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
}
else {
const err22 = {instancePath:instancePath+"/weeklyMedicines/" + i0+"/name",schemaPath:"#/properties/weeklyMedicines/items/properties/name/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
}
if(data2.words !== undefined){
let data4 = data2.words;
if(Array.isArray(data4)){
if(data4.length < 1){
const err23 = {instancePath:instancePath+"/weeklyMedicines/" + i0+"/words",schemaPath:"#/properties/weeklyMedicines/items/properties/words/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
const len1 = data4.length;
for(let i1=0; i1<len1; i1++){
let data5 = data4[i1];
if(typeof data5 === "string"){
if(!pattern0.test(data5)){
const err24 = {instancePath:instancePath+"/weeklyMedicines/" + i0+"/words/" + i1,schemaPath:"#/properties/weeklyMedicines/items/properties/words/items/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9.%]+$"},message:"must match pattern \""+"^[a-z0-9.%]+$"+"\""};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
}
else {
const err25 = {instancePath:instancePath+"/weeklyMedicines/" + i0+"/words/" + i1,schemaPath:"#/properties/weeklyMedicines/items/properties/words/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err25];
}
else {
vErrors.push(err25);
}
errors++;
}
}
}
else {
const err26 = {instancePath:instancePath+"/weeklyMedicines/" + i0+"/words",schemaPath:"#/properties/weeklyMedicines/items/properties/words/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err26];
}
else {
vErrors.push(err26);
}
errors++;
}
}
if(data2.codes !== undefined){
let data6 = data2.codes;
if(Array.isArray(data6)){
if(data6.length < 0){
const err27 = {instancePath:instancePath+"/weeklyMedicines/" + i0+"/codes",schemaPath:"#/properties/weeklyMedicines/items/properties/codes/minItems",keyword:"minItems",params:{limit: 0},message:"must NOT have fewer than 0 items"};
if(vErrors === null){
vErrors = [err27];
}
else {
vErrors.push(err27);
}
errors++;
}
const len2 = data6.length;
for(let i2=0; i2<len2; i2++){
let data7 = data6[i2];
if(typeof data7 === "string"){
if(!pattern1.test(data7)){
const err28 = {instancePath:instancePath+"/weeklyMedicines/" + i0+"/codes/" + i2,schemaPath:"#/properties/weeklyMedicines/items/properties/codes/items/pattern",keyword:"pattern",params:{pattern: "^\\d{6,18}$"},message:"must match pattern \""+"^\\d{6,18}$"+"\""};
if(vErrors === null){
vErrors = [err28];
}
else {
vErrors.push(err28);
}
errors++;
}
}
else {
const err29 = {instancePath:instancePath+"/weeklyMedicines/" + i0+"/codes/" + i2,schemaPath:"#/properties/weeklyMedicines/items/properties/codes/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err29];
}
else {
vErrors.push(err29);
}
errors++;
}
}
}
else {
const err30 = {instancePath:instancePath+"/weeklyMedicines/" + i0+"/codes",schemaPath:"#/properties/weeklyMedicines/items/properties/codes/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err30];
}
else {
vErrors.push(err30);
}
errors++;
}
}
if(data2.unless !== undefined){
let data8 = data2.unless;
if(Array.isArray(data8)){
if(data8.length < 0){
const err31 = {instancePath:instancePath+"/weeklyMedicines/" + i0+"/unless",schemaPath:"#/properties/weeklyMedicines/items/properties/unless/minItems",keyword:"minItems",params:{limit: 0},message:"must NOT have fewer than 0 items"};
if(vErrors === null){
vErrors = [err31];
}
else {
vErrors.push(err31);
}
errors++;
}
const len3 = data8.length;
for(let i3=0; i3<len3; i3++){
let data9 = data8[i3];
if(typeof data9 === "string"){
if(func3(data9) < 1){
const err32 = {instancePath:instancePath+"/weeklyMedicines/" + i0+"/unless/" + i3,schemaPath:"#/properties/weeklyMedicines/items/properties/unless/items/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err32];
}
else {
vErrors.push(err32);
}
errors++;
}
}
else {
const err33 = {instancePath:instancePath+"/weeklyMedicines/" + i0+"/unless/" + i3,schemaPath:"#/properties/weeklyMedicines/items/properties/unless/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err33];
}
else {
vErrors.push(err33);
}
errors++;
}
}
}
else {
const err34 = {instancePath:instancePath+"/weeklyMedicines/" + i0+"/unless",schemaPath:"#/properties/weeklyMedicines/items/properties/unless/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err34];
}
else {
vErrors.push(err34);
}
errors++;
}
}
if(data2.names !== undefined){
let data10 = data2.names;
if(Array.isArray(data10)){
if(data10.length < 0){
const err35 = {instancePath:instancePath+"/weeklyMedicines/" + i0+"/names",schemaPath:"#/properties/weeklyMedicines/items/properties/names/minItems",keyword:"minItems",params:{limit: 0},message:"must NOT have fewer than 0 items"};
if(vErrors === null){
vErrors = [err35];
}
else {
vErrors.push(err35);
}
errors++;
}
const len4 = data10.length;
for(let i4=0; i4<len4; i4++){
let data11 = data10[i4];
if(typeof data11 === "string"){
if(!pattern0.test(data11)){
const err36 = {instancePath:instancePath+"/weeklyMedicines/" + i0+"/names/" + i4,schemaPath:"#/properties/weeklyMedicines/items/properties/names/items/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9.%]+$"},message:"must match pattern \""+"^[a-z0-9.%]+$"+"\""};
if(vErrors === null){
vErrors = [err36];
}
else {
vErrors.push(err36);
}
errors++;
}
}
else {
const err37 = {instancePath:instancePath+"/weeklyMedicines/" + i0+"/names/" + i4,schemaPath:"#/properties/weeklyMedicines/items/properties/names/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err37];
}
else {
vErrors.push(err37);
}
errors++;
}
}
}
else {
const err38 = {instancePath:instancePath+"/weeklyMedicines/" + i0+"/names",schemaPath:"#/properties/weeklyMedicines/items/properties/names/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err38];
}
else {
vErrors.push(err38);
}
errors++;
}
}
if(data2.source !== undefined){
let data12 = data2.source;
if(typeof data12 === "string"){
if(func3(data12) < 1){
const err39 = {instancePath:instancePath+"/weeklyMedicines/" + i0+"/source",schemaPath:"#/properties/weeklyMedicines/items/properties/source/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err39];
}
else {
vErrors.push(err39);
}
errors++;
}
}
else {
const err40 = {instancePath:instancePath+"/weeklyMedicines/" + i0+"/source",schemaPath:"#/properties/weeklyMedicines/items/properties/source/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err40];
}
else {
vErrors.push(err40);
}
errors++;
}
}
if(data2.dosesPerWeek !== undefined){
let data13 = data2.dosesPerWeek;
if(!(((typeof data13 == "number") && (!(data13 % 1) && !isNaN(data13))) && (isFinite(data13)))){
const err41 = {instancePath:instancePath+"/weeklyMedicines/" + i0+"/dosesPerWeek",schemaPath:"#/properties/weeklyMedicines/items/properties/dosesPerWeek/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err41];
}
else {
vErrors.push(err41);
}
errors++;
}
if((typeof data13 == "number") && (isFinite(data13))){
if(data13 > 6 || isNaN(data13)){
const err42 = {instancePath:instancePath+"/weeklyMedicines/" + i0+"/dosesPerWeek",schemaPath:"#/properties/weeklyMedicines/items/properties/dosesPerWeek/maximum",keyword:"maximum",params:{comparison: "<=", limit: 6},message:"must be <= 6"};
if(vErrors === null){
vErrors = [err42];
}
else {
vErrors.push(err42);
}
errors++;
}
if(data13 < 1 || isNaN(data13)){
const err43 = {instancePath:instancePath+"/weeklyMedicines/" + i0+"/dosesPerWeek",schemaPath:"#/properties/weeklyMedicines/items/properties/dosesPerWeek/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1"};
if(vErrors === null){
vErrors = [err43];
}
else {
vErrors.push(err43);
}
errors++;
}
}
}
}
else {
const err44 = {instancePath:instancePath+"/weeklyMedicines/" + i0,schemaPath:"#/properties/weeklyMedicines/items/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err44];
}
else {
vErrors.push(err44);
}
errors++;
}
}
}
else {
const err45 = {instancePath:instancePath+"/weeklyMedicines",schemaPath:"#/properties/weeklyMedicines/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err45];
}
else {
vErrors.push(err45);
}
errors++;
}
}
if(data.intervalMedicines !== undefined){
let data14 = data.intervalMedicines;
if(Array.isArray(data14)){
if(data14.length < 0){
const err46 = {instancePath:instancePath+"/intervalMedicines",schemaPath:"#/properties/intervalMedicines/minItems",keyword:"minItems",params:{limit: 0},message:"must NOT have fewer than 0 items"};
if(vErrors === null){
vErrors = [err46];
}
else {
vErrors.push(err46);
}
errors++;
}
const len5 = data14.length;
for(let i5=0; i5<len5; i5++){
let data15 = data14[i5];
if(data15 && typeof data15 == "object" && !Array.isArray(data15)){
if(data15.name === undefined){
const err47 = {instancePath:instancePath+"/intervalMedicines/" + i5,schemaPath:"#/properties/intervalMedicines/items/required",keyword:"required",params:{missingProperty: "name"},message:"must have required property '"+"name"+"'"};
if(vErrors === null){
vErrors = [err47];
}
else {
vErrors.push(err47);
}
errors++;
}
if(data15.words === undefined){
const err48 = {instancePath:instancePath+"/intervalMedicines/" + i5,schemaPath:"#/properties/intervalMedicines/items/required",keyword:"required",params:{missingProperty: "words"},message:"must have required property '"+"words"+"'"};
if(vErrors === null){
vErrors = [err48];
}
else {
vErrors.push(err48);
}
errors++;
}
if(data15.days === undefined){
const err49 = {instancePath:instancePath+"/intervalMedicines/" + i5,schemaPath:"#/properties/intervalMedicines/items/required",keyword:"required",params:{missingProperty: "days"},message:"must have required property '"+"days"+"'"};
if(vErrors === null){
vErrors = [err49];
}
else {
vErrors.push(err49);
}
errors++;
}
if(data15.source === undefined){
const err50 = {instancePath:instancePath+"/intervalMedicines/" + i5,schemaPath:"#/properties/intervalMedicines/items/required",keyword:"required",params:{missingProperty: "source"},message:"must have required property '"+"source"+"'"};
if(vErrors === null){
vErrors = [err50];
}
else {
vErrors.push(err50);
}
errors++;
}
for(const key2 in data15){
if(!((((((((key2 === "name") || (key2 === "words")) || (key2 === "codes")) || (key2 === "unless")) || (key2 === "names")) || (key2 === "source")) || (key2 === "days")) || (key2 === "loadingDays"))){
const err51 = {instancePath:instancePath+"/intervalMedicines/" + i5,schemaPath:"#/properties/intervalMedicines/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key2},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err51];
}
else {
vErrors.push(err51);
}
errors++;
}
}
if(data15.name !== undefined){
let data16 = data15.name;
if(typeof data16 === "string"){
if(func3(data16) < 1){
const err52 = {instancePath:instancePath+"/intervalMedicines/" + i5+"/name",schemaPath:"#/properties/intervalMedicines/items/properties/name/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err52];
}
else {
vErrors.push(err52);
}
errors++;
}
}
else {
const err53 = {instancePath:instancePath+"/intervalMedicines/" + i5+"/name",schemaPath:"#/properties/intervalMedicines/items/properties/name/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err53];
}
else {
vErrors.push(err53);
}
errors++;
}
}
if(data15.words !== undefined){
let data17 = data15.words;
if(Array.isArray(data17)){
if(data17.length < 1){
const err54 = {instancePath:instancePath+"/intervalMedicines/" + i5+"/words",schemaPath:"#/properties/intervalMedicines/items/properties/words/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"};
if(vErrors === null){
vErrors = [err54];
}
else {
vErrors.push(err54);
}
errors++;
}
const len6 = data17.length;
for(let i6=0; i6<len6; i6++){
let data18 = data17[i6];
if(typeof data18 === "string"){
if(!pattern0.test(data18)){
const err55 = {instancePath:instancePath+"/intervalMedicines/" + i5+"/words/" + i6,schemaPath:"#/properties/intervalMedicines/items/properties/words/items/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9.%]+$"},message:"must match pattern \""+"^[a-z0-9.%]+$"+"\""};
if(vErrors === null){
vErrors = [err55];
}
else {
vErrors.push(err55);
}
errors++;
}
}
else {
const err56 = {instancePath:instancePath+"/intervalMedicines/" + i5+"/words/" + i6,schemaPath:"#/properties/intervalMedicines/items/properties/words/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err56];
}
else {
vErrors.push(err56);
}
errors++;
}
}
}
else {
const err57 = {instancePath:instancePath+"/intervalMedicines/" + i5+"/words",schemaPath:"#/properties/intervalMedicines/items/properties/words/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err57];
}
else {
vErrors.push(err57);
}
errors++;
}
}
if(data15.codes !== undefined){
let data19 = data15.codes;
if(Array.isArray(data19)){
if(data19.length < 0){
const err58 = {instancePath:instancePath+"/intervalMedicines/" + i5+"/codes",schemaPath:"#/properties/intervalMedicines/items/properties/codes/minItems",keyword:"minItems",params:{limit: 0},message:"must NOT have fewer than 0 items"};
if(vErrors === null){
vErrors = [err58];
}
else {
vErrors.push(err58);
}
errors++;
}
const len7 = data19.length;
for(let i7=0; i7<len7; i7++){
let data20 = data19[i7];
if(typeof data20 === "string"){
if(!pattern1.test(data20)){
const err59 = {instancePath:instancePath+"/intervalMedicines/" + i5+"/codes/" + i7,schemaPath:"#/properties/intervalMedicines/items/properties/codes/items/pattern",keyword:"pattern",params:{pattern: "^\\d{6,18}$"},message:"must match pattern \""+"^\\d{6,18}$"+"\""};
if(vErrors === null){
vErrors = [err59];
}
else {
vErrors.push(err59);
}
errors++;
}
}
else {
const err60 = {instancePath:instancePath+"/intervalMedicines/" + i5+"/codes/" + i7,schemaPath:"#/properties/intervalMedicines/items/properties/codes/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err60];
}
else {
vErrors.push(err60);
}
errors++;
}
}
}
else {
const err61 = {instancePath:instancePath+"/intervalMedicines/" + i5+"/codes",schemaPath:"#/properties/intervalMedicines/items/properties/codes/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err61];
}
else {
vErrors.push(err61);
}
errors++;
}
}
if(data15.unless !== undefined){
let data21 = data15.unless;
if(Array.isArray(data21)){
if(data21.length < 0){
const err62 = {instancePath:instancePath+"/intervalMedicines/" + i5+"/unless",schemaPath:"#/properties/intervalMedicines/items/properties/unless/minItems",keyword:"minItems",params:{limit: 0},message:"must NOT have fewer than 0 items"};
if(vErrors === null){
vErrors = [err62];
}
else {
vErrors.push(err62);
}
errors++;
}
const len8 = data21.length;
for(let i8=0; i8<len8; i8++){
let data22 = data21[i8];
if(typeof data22 === "string"){
if(func3(data22) < 1){
const err63 = {instancePath:instancePath+"/intervalMedicines/" + i5+"/unless/" + i8,schemaPath:"#/properties/intervalMedicines/items/properties/unless/items/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err63];
}
else {
vErrors.push(err63);
}
errors++;
}
}
else {
const err64 = {instancePath:instancePath+"/intervalMedicines/" + i5+"/unless/" + i8,schemaPath:"#/properties/intervalMedicines/items/properties/unless/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err64];
}
else {
vErrors.push(err64);
}
errors++;
}
}
}
else {
const err65 = {instancePath:instancePath+"/intervalMedicines/" + i5+"/unless",schemaPath:"#/properties/intervalMedicines/items/properties/unless/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err65];
}
else {
vErrors.push(err65);
}
errors++;
}
}
if(data15.names !== undefined){
let data23 = data15.names;
if(Array.isArray(data23)){
if(data23.length < 0){
const err66 = {instancePath:instancePath+"/intervalMedicines/" + i5+"/names",schemaPath:"#/properties/intervalMedicines/items/properties/names/minItems",keyword:"minItems",params:{limit: 0},message:"must NOT have fewer than 0 items"};
if(vErrors === null){
vErrors = [err66];
}
else {
vErrors.push(err66);
}
errors++;
}
const len9 = data23.length;
for(let i9=0; i9<len9; i9++){
let data24 = data23[i9];
if(typeof data24 === "string"){
if(!pattern0.test(data24)){
const err67 = {instancePath:instancePath+"/intervalMedicines/" + i5+"/names/" + i9,schemaPath:"#/properties/intervalMedicines/items/properties/names/items/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9.%]+$"},message:"must match pattern \""+"^[a-z0-9.%]+$"+"\""};
if(vErrors === null){
vErrors = [err67];
}
else {
vErrors.push(err67);
}
errors++;
}
}
else {
const err68 = {instancePath:instancePath+"/intervalMedicines/" + i5+"/names/" + i9,schemaPath:"#/properties/intervalMedicines/items/properties/names/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err68];
}
else {
vErrors.push(err68);
}
errors++;
}
}
}
else {
const err69 = {instancePath:instancePath+"/intervalMedicines/" + i5+"/names",schemaPath:"#/properties/intervalMedicines/items/properties/names/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err69];
}
else {
vErrors.push(err69);
}
errors++;
}
}
if(data15.source !== undefined){
let data25 = data15.source;
if(typeof data25 === "string"){
if(func3(data25) < 1){
const err70 = {instancePath:instancePath+"/intervalMedicines/" + i5+"/source",schemaPath:"#/properties/intervalMedicines/items/properties/source/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err70];
}
else {
vErrors.push(err70);
}
errors++;
}
}
else {
const err71 = {instancePath:instancePath+"/intervalMedicines/" + i5+"/source",schemaPath:"#/properties/intervalMedicines/items/properties/source/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err71];
}
else {
vErrors.push(err71);
}
errors++;
}
}
if(data15.days !== undefined){
let data26 = data15.days;
if((typeof data26 == "number") && (isFinite(data26))){
if(data26 <= 0 || isNaN(data26)){
const err72 = {instancePath:instancePath+"/intervalMedicines/" + i5+"/days",schemaPath:"#/properties/intervalMedicines/items/properties/days/exclusiveMinimum",keyword:"exclusiveMinimum",params:{comparison: ">", limit: 0},message:"must be > 0"};
if(vErrors === null){
vErrors = [err72];
}
else {
vErrors.push(err72);
}
errors++;
}
}
else {
const err73 = {instancePath:instancePath+"/intervalMedicines/" + i5+"/days",schemaPath:"#/properties/intervalMedicines/items/properties/days/type",keyword:"type",params:{type: "number"},message:"must be number"};
if(vErrors === null){
vErrors = [err73];
}
else {
vErrors.push(err73);
}
errors++;
}
}
if(data15.loadingDays !== undefined){
let data27 = data15.loadingDays;
if((typeof data27 == "number") && (isFinite(data27))){
if(data27 <= 0 || isNaN(data27)){
const err74 = {instancePath:instancePath+"/intervalMedicines/" + i5+"/loadingDays",schemaPath:"#/properties/intervalMedicines/items/properties/loadingDays/exclusiveMinimum",keyword:"exclusiveMinimum",params:{comparison: ">", limit: 0},message:"must be > 0"};
if(vErrors === null){
vErrors = [err74];
}
else {
vErrors.push(err74);
}
errors++;
}
}
else {
const err75 = {instancePath:instancePath+"/intervalMedicines/" + i5+"/loadingDays",schemaPath:"#/properties/intervalMedicines/items/properties/loadingDays/type",keyword:"type",params:{type: "number"},message:"must be number"};
if(vErrors === null){
vErrors = [err75];
}
else {
vErrors.push(err75);
}
errors++;
}
}
}
else {
const err76 = {instancePath:instancePath+"/intervalMedicines/" + i5,schemaPath:"#/properties/intervalMedicines/items/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err76];
}
else {
vErrors.push(err76);
}
errors++;
}
}
}
else {
const err77 = {instancePath:instancePath+"/intervalMedicines",schemaPath:"#/properties/intervalMedicines/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err77];
}
else {
vErrors.push(err77);
}
errors++;
}
}
if(data.doseLimits !== undefined){
let data28 = data.doseLimits;
if(Array.isArray(data28)){
if(data28.length < 0){
const err78 = {instancePath:instancePath+"/doseLimits",schemaPath:"#/properties/doseLimits/minItems",keyword:"minItems",params:{limit: 0},message:"must NOT have fewer than 0 items"};
if(vErrors === null){
vErrors = [err78];
}
else {
vErrors.push(err78);
}
errors++;
}
const len10 = data28.length;
for(let i10=0; i10<len10; i10++){
let data29 = data28[i10];
if(data29 && typeof data29 == "object" && !Array.isArray(data29)){
if(data29.name === undefined){
const err79 = {instancePath:instancePath+"/doseLimits/" + i10,schemaPath:"#/properties/doseLimits/items/required",keyword:"required",params:{missingProperty: "name"},message:"must have required property '"+"name"+"'"};
if(vErrors === null){
vErrors = [err79];
}
else {
vErrors.push(err79);
}
errors++;
}
if(data29.words === undefined){
const err80 = {instancePath:instancePath+"/doseLimits/" + i10,schemaPath:"#/properties/doseLimits/items/required",keyword:"required",params:{missingProperty: "words"},message:"must have required property '"+"words"+"'"};
if(vErrors === null){
vErrors = [err80];
}
else {
vErrors.push(err80);
}
errors++;
}
if(data29.unit === undefined){
const err81 = {instancePath:instancePath+"/doseLimits/" + i10,schemaPath:"#/properties/doseLimits/items/required",keyword:"required",params:{missingProperty: "unit"},message:"must have required property '"+"unit"+"'"};
if(vErrors === null){
vErrors = [err81];
}
else {
vErrors.push(err81);
}
errors++;
}
if(data29.source === undefined){
const err82 = {instancePath:instancePath+"/doseLimits/" + i10,schemaPath:"#/properties/doseLimits/items/required",keyword:"required",params:{missingProperty: "source"},message:"must have required property '"+"source"+"'"};
if(vErrors === null){
vErrors = [err82];
}
else {
vErrors.push(err82);
}
errors++;
}
for(const key3 in data29){
if(!(func2.call(schema11.properties.doseLimits.items.properties, key3))){
const err83 = {instancePath:instancePath+"/doseLimits/" + i10,schemaPath:"#/properties/doseLimits/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key3},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err83];
}
else {
vErrors.push(err83);
}
errors++;
}
}
if(data29.name !== undefined){
let data30 = data29.name;
if(typeof data30 === "string"){
if(func3(data30) < 1){
const err84 = {instancePath:instancePath+"/doseLimits/" + i10+"/name",schemaPath:"#/properties/doseLimits/items/properties/name/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err84];
}
else {
vErrors.push(err84);
}
errors++;
}
}
else {
const err85 = {instancePath:instancePath+"/doseLimits/" + i10+"/name",schemaPath:"#/properties/doseLimits/items/properties/name/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err85];
}
else {
vErrors.push(err85);
}
errors++;
}
}
if(data29.words !== undefined){
let data31 = data29.words;
if(Array.isArray(data31)){
if(data31.length < 1){
const err86 = {instancePath:instancePath+"/doseLimits/" + i10+"/words",schemaPath:"#/properties/doseLimits/items/properties/words/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"};
if(vErrors === null){
vErrors = [err86];
}
else {
vErrors.push(err86);
}
errors++;
}
const len11 = data31.length;
for(let i11=0; i11<len11; i11++){
let data32 = data31[i11];
if(typeof data32 === "string"){
if(!pattern0.test(data32)){
const err87 = {instancePath:instancePath+"/doseLimits/" + i10+"/words/" + i11,schemaPath:"#/properties/doseLimits/items/properties/words/items/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9.%]+$"},message:"must match pattern \""+"^[a-z0-9.%]+$"+"\""};
if(vErrors === null){
vErrors = [err87];
}
else {
vErrors.push(err87);
}
errors++;
}
}
else {
const err88 = {instancePath:instancePath+"/doseLimits/" + i10+"/words/" + i11,schemaPath:"#/properties/doseLimits/items/properties/words/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err88];
}
else {
vErrors.push(err88);
}
errors++;
}
}
}
else {
const err89 = {instancePath:instancePath+"/doseLimits/" + i10+"/words",schemaPath:"#/properties/doseLimits/items/properties/words/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err89];
}
else {
vErrors.push(err89);
}
errors++;
}
}
if(data29.codes !== undefined){
let data33 = data29.codes;
if(Array.isArray(data33)){
if(data33.length < 0){
const err90 = {instancePath:instancePath+"/doseLimits/" + i10+"/codes",schemaPath:"#/properties/doseLimits/items/properties/codes/minItems",keyword:"minItems",params:{limit: 0},message:"must NOT have fewer than 0 items"};
if(vErrors === null){
vErrors = [err90];
}
else {
vErrors.push(err90);
}
errors++;
}
const len12 = data33.length;
for(let i12=0; i12<len12; i12++){
let data34 = data33[i12];
if(typeof data34 === "string"){
if(!pattern1.test(data34)){
const err91 = {instancePath:instancePath+"/doseLimits/" + i10+"/codes/" + i12,schemaPath:"#/properties/doseLimits/items/properties/codes/items/pattern",keyword:"pattern",params:{pattern: "^\\d{6,18}$"},message:"must match pattern \""+"^\\d{6,18}$"+"\""};
if(vErrors === null){
vErrors = [err91];
}
else {
vErrors.push(err91);
}
errors++;
}
}
else {
const err92 = {instancePath:instancePath+"/doseLimits/" + i10+"/codes/" + i12,schemaPath:"#/properties/doseLimits/items/properties/codes/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err92];
}
else {
vErrors.push(err92);
}
errors++;
}
}
}
else {
const err93 = {instancePath:instancePath+"/doseLimits/" + i10+"/codes",schemaPath:"#/properties/doseLimits/items/properties/codes/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err93];
}
else {
vErrors.push(err93);
}
errors++;
}
}
if(data29.unless !== undefined){
let data35 = data29.unless;
if(Array.isArray(data35)){
if(data35.length < 0){
const err94 = {instancePath:instancePath+"/doseLimits/" + i10+"/unless",schemaPath:"#/properties/doseLimits/items/properties/unless/minItems",keyword:"minItems",params:{limit: 0},message:"must NOT have fewer than 0 items"};
if(vErrors === null){
vErrors = [err94];
}
else {
vErrors.push(err94);
}
errors++;
}
const len13 = data35.length;
for(let i13=0; i13<len13; i13++){
let data36 = data35[i13];
if(typeof data36 === "string"){
if(func3(data36) < 1){
const err95 = {instancePath:instancePath+"/doseLimits/" + i10+"/unless/" + i13,schemaPath:"#/properties/doseLimits/items/properties/unless/items/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err95];
}
else {
vErrors.push(err95);
}
errors++;
}
}
else {
const err96 = {instancePath:instancePath+"/doseLimits/" + i10+"/unless/" + i13,schemaPath:"#/properties/doseLimits/items/properties/unless/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err96];
}
else {
vErrors.push(err96);
}
errors++;
}
}
}
else {
const err97 = {instancePath:instancePath+"/doseLimits/" + i10+"/unless",schemaPath:"#/properties/doseLimits/items/properties/unless/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err97];
}
else {
vErrors.push(err97);
}
errors++;
}
}
if(data29.names !== undefined){
let data37 = data29.names;
if(Array.isArray(data37)){
if(data37.length < 0){
const err98 = {instancePath:instancePath+"/doseLimits/" + i10+"/names",schemaPath:"#/properties/doseLimits/items/properties/names/minItems",keyword:"minItems",params:{limit: 0},message:"must NOT have fewer than 0 items"};
if(vErrors === null){
vErrors = [err98];
}
else {
vErrors.push(err98);
}
errors++;
}
const len14 = data37.length;
for(let i14=0; i14<len14; i14++){
let data38 = data37[i14];
if(typeof data38 === "string"){
if(!pattern0.test(data38)){
const err99 = {instancePath:instancePath+"/doseLimits/" + i10+"/names/" + i14,schemaPath:"#/properties/doseLimits/items/properties/names/items/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9.%]+$"},message:"must match pattern \""+"^[a-z0-9.%]+$"+"\""};
if(vErrors === null){
vErrors = [err99];
}
else {
vErrors.push(err99);
}
errors++;
}
}
else {
const err100 = {instancePath:instancePath+"/doseLimits/" + i10+"/names/" + i14,schemaPath:"#/properties/doseLimits/items/properties/names/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err100];
}
else {
vErrors.push(err100);
}
errors++;
}
}
}
else {
const err101 = {instancePath:instancePath+"/doseLimits/" + i10+"/names",schemaPath:"#/properties/doseLimits/items/properties/names/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err101];
}
else {
vErrors.push(err101);
}
errors++;
}
}
if(data29.source !== undefined){
let data39 = data29.source;
if(typeof data39 === "string"){
if(func3(data39) < 1){
const err102 = {instancePath:instancePath+"/doseLimits/" + i10+"/source",schemaPath:"#/properties/doseLimits/items/properties/source/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err102];
}
else {
vErrors.push(err102);
}
errors++;
}
}
else {
const err103 = {instancePath:instancePath+"/doseLimits/" + i10+"/source",schemaPath:"#/properties/doseLimits/items/properties/source/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err103];
}
else {
vErrors.push(err103);
}
errors++;
}
}
if(data29.unit !== undefined){
let data40 = data29.unit;
if(!((data40 === "mg") || (data40 === "unit"))){
const err104 = {instancePath:instancePath+"/doseLimits/" + i10+"/unit",schemaPath:"#/properties/doseLimits/items/properties/unit/enum",keyword:"enum",params:{allowedValues: schema11.properties.doseLimits.items.properties.unit.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err104];
}
else {
vErrors.push(err104);
}
errors++;
}
}
if(data29.perDose !== undefined){
let data41 = data29.perDose;
if((typeof data41 == "number") && (isFinite(data41))){
if(data41 <= 0 || isNaN(data41)){
const err105 = {instancePath:instancePath+"/doseLimits/" + i10+"/perDose",schemaPath:"#/properties/doseLimits/items/properties/perDose/exclusiveMinimum",keyword:"exclusiveMinimum",params:{comparison: ">", limit: 0},message:"must be > 0"};
if(vErrors === null){
vErrors = [err105];
}
else {
vErrors.push(err105);
}
errors++;
}
}
else {
const err106 = {instancePath:instancePath+"/doseLimits/" + i10+"/perDose",schemaPath:"#/properties/doseLimits/items/properties/perDose/type",keyword:"type",params:{type: "number"},message:"must be number"};
if(vErrors === null){
vErrors = [err106];
}
else {
vErrors.push(err106);
}
errors++;
}
}
if(data29.perDay !== undefined){
let data42 = data29.perDay;
if((typeof data42 == "number") && (isFinite(data42))){
if(data42 <= 0 || isNaN(data42)){
const err107 = {instancePath:instancePath+"/doseLimits/" + i10+"/perDay",schemaPath:"#/properties/doseLimits/items/properties/perDay/exclusiveMinimum",keyword:"exclusiveMinimum",params:{comparison: ">", limit: 0},message:"must be > 0"};
if(vErrors === null){
vErrors = [err107];
}
else {
vErrors.push(err107);
}
errors++;
}
}
else {
const err108 = {instancePath:instancePath+"/doseLimits/" + i10+"/perDay",schemaPath:"#/properties/doseLimits/items/properties/perDay/type",keyword:"type",params:{type: "number"},message:"must be number"};
if(vErrors === null){
vErrors = [err108];
}
else {
vErrors.push(err108);
}
errors++;
}
}
if(data29.perWeek !== undefined){
let data43 = data29.perWeek;
if((typeof data43 == "number") && (isFinite(data43))){
if(data43 <= 0 || isNaN(data43)){
const err109 = {instancePath:instancePath+"/doseLimits/" + i10+"/perWeek",schemaPath:"#/properties/doseLimits/items/properties/perWeek/exclusiveMinimum",keyword:"exclusiveMinimum",params:{comparison: ">", limit: 0},message:"must be > 0"};
if(vErrors === null){
vErrors = [err109];
}
else {
vErrors.push(err109);
}
errors++;
}
}
else {
const err110 = {instancePath:instancePath+"/doseLimits/" + i10+"/perWeek",schemaPath:"#/properties/doseLimits/items/properties/perWeek/type",keyword:"type",params:{type: "number"},message:"must be number"};
if(vErrors === null){
vErrors = [err110];
}
else {
vErrors.push(err110);
}
errors++;
}
}
if(data29.refuseAbove !== undefined){
let data44 = data29.refuseAbove;
if((typeof data44 == "number") && (isFinite(data44))){
if(data44 < 1 || isNaN(data44)){
const err111 = {instancePath:instancePath+"/doseLimits/" + i10+"/refuseAbove",schemaPath:"#/properties/doseLimits/items/properties/refuseAbove/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1"};
if(vErrors === null){
vErrors = [err111];
}
else {
vErrors.push(err111);
}
errors++;
}
}
else {
const err112 = {instancePath:instancePath+"/doseLimits/" + i10+"/refuseAbove",schemaPath:"#/properties/doseLimits/items/properties/refuseAbove/type",keyword:"type",params:{type: "number"},message:"must be number"};
if(vErrors === null){
vErrors = [err112];
}
else {
vErrors.push(err112);
}
errors++;
}
}
}
else {
const err113 = {instancePath:instancePath+"/doseLimits/" + i10,schemaPath:"#/properties/doseLimits/items/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err113];
}
else {
vErrors.push(err113);
}
errors++;
}
}
}
else {
const err114 = {instancePath:instancePath+"/doseLimits",schemaPath:"#/properties/doseLimits/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err114];
}
else {
vErrors.push(err114);
}
errors++;
}
}
if(data.controlledDrugs !== undefined){
let data45 = data.controlledDrugs;
if(Array.isArray(data45)){
if(data45.length < 0){
const err115 = {instancePath:instancePath+"/controlledDrugs",schemaPath:"#/properties/controlledDrugs/minItems",keyword:"minItems",params:{limit: 0},message:"must NOT have fewer than 0 items"};
if(vErrors === null){
vErrors = [err115];
}
else {
vErrors.push(err115);
}
errors++;
}
const len15 = data45.length;
for(let i15=0; i15<len15; i15++){
let data46 = data45[i15];
if(data46 && typeof data46 == "object" && !Array.isArray(data46)){
if(data46.name === undefined){
const err116 = {instancePath:instancePath+"/controlledDrugs/" + i15,schemaPath:"#/properties/controlledDrugs/items/required",keyword:"required",params:{missingProperty: "name"},message:"must have required property '"+"name"+"'"};
if(vErrors === null){
vErrors = [err116];
}
else {
vErrors.push(err116);
}
errors++;
}
if(data46.words === undefined){
const err117 = {instancePath:instancePath+"/controlledDrugs/" + i15,schemaPath:"#/properties/controlledDrugs/items/required",keyword:"required",params:{missingProperty: "words"},message:"must have required property '"+"words"+"'"};
if(vErrors === null){
vErrors = [err117];
}
else {
vErrors.push(err117);
}
errors++;
}
if(data46.schedule === undefined){
const err118 = {instancePath:instancePath+"/controlledDrugs/" + i15,schemaPath:"#/properties/controlledDrugs/items/required",keyword:"required",params:{missingProperty: "schedule"},message:"must have required property '"+"schedule"+"'"};
if(vErrors === null){
vErrors = [err118];
}
else {
vErrors.push(err118);
}
errors++;
}
for(const key4 in data46){
if(!(((((((key4 === "name") || (key4 === "words")) || (key4 === "codes")) || (key4 === "unless")) || (key4 === "names")) || (key4 === "source")) || (key4 === "schedule"))){
const err119 = {instancePath:instancePath+"/controlledDrugs/" + i15,schemaPath:"#/properties/controlledDrugs/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key4},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err119];
}
else {
vErrors.push(err119);
}
errors++;
}
}
if(data46.name !== undefined){
let data47 = data46.name;
if(typeof data47 === "string"){
if(func3(data47) < 1){
const err120 = {instancePath:instancePath+"/controlledDrugs/" + i15+"/name",schemaPath:"#/properties/controlledDrugs/items/properties/name/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err120];
}
else {
vErrors.push(err120);
}
errors++;
}
}
else {
const err121 = {instancePath:instancePath+"/controlledDrugs/" + i15+"/name",schemaPath:"#/properties/controlledDrugs/items/properties/name/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err121];
}
else {
vErrors.push(err121);
}
errors++;
}
}
if(data46.words !== undefined){
let data48 = data46.words;
if(Array.isArray(data48)){
if(data48.length < 1){
const err122 = {instancePath:instancePath+"/controlledDrugs/" + i15+"/words",schemaPath:"#/properties/controlledDrugs/items/properties/words/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"};
if(vErrors === null){
vErrors = [err122];
}
else {
vErrors.push(err122);
}
errors++;
}
const len16 = data48.length;
for(let i16=0; i16<len16; i16++){
let data49 = data48[i16];
if(typeof data49 === "string"){
if(!pattern0.test(data49)){
const err123 = {instancePath:instancePath+"/controlledDrugs/" + i15+"/words/" + i16,schemaPath:"#/properties/controlledDrugs/items/properties/words/items/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9.%]+$"},message:"must match pattern \""+"^[a-z0-9.%]+$"+"\""};
if(vErrors === null){
vErrors = [err123];
}
else {
vErrors.push(err123);
}
errors++;
}
}
else {
const err124 = {instancePath:instancePath+"/controlledDrugs/" + i15+"/words/" + i16,schemaPath:"#/properties/controlledDrugs/items/properties/words/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err124];
}
else {
vErrors.push(err124);
}
errors++;
}
}
}
else {
const err125 = {instancePath:instancePath+"/controlledDrugs/" + i15+"/words",schemaPath:"#/properties/controlledDrugs/items/properties/words/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err125];
}
else {
vErrors.push(err125);
}
errors++;
}
}
if(data46.codes !== undefined){
let data50 = data46.codes;
if(Array.isArray(data50)){
if(data50.length < 0){
const err126 = {instancePath:instancePath+"/controlledDrugs/" + i15+"/codes",schemaPath:"#/properties/controlledDrugs/items/properties/codes/minItems",keyword:"minItems",params:{limit: 0},message:"must NOT have fewer than 0 items"};
if(vErrors === null){
vErrors = [err126];
}
else {
vErrors.push(err126);
}
errors++;
}
const len17 = data50.length;
for(let i17=0; i17<len17; i17++){
let data51 = data50[i17];
if(typeof data51 === "string"){
if(!pattern1.test(data51)){
const err127 = {instancePath:instancePath+"/controlledDrugs/" + i15+"/codes/" + i17,schemaPath:"#/properties/controlledDrugs/items/properties/codes/items/pattern",keyword:"pattern",params:{pattern: "^\\d{6,18}$"},message:"must match pattern \""+"^\\d{6,18}$"+"\""};
if(vErrors === null){
vErrors = [err127];
}
else {
vErrors.push(err127);
}
errors++;
}
}
else {
const err128 = {instancePath:instancePath+"/controlledDrugs/" + i15+"/codes/" + i17,schemaPath:"#/properties/controlledDrugs/items/properties/codes/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err128];
}
else {
vErrors.push(err128);
}
errors++;
}
}
}
else {
const err129 = {instancePath:instancePath+"/controlledDrugs/" + i15+"/codes",schemaPath:"#/properties/controlledDrugs/items/properties/codes/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err129];
}
else {
vErrors.push(err129);
}
errors++;
}
}
if(data46.unless !== undefined){
let data52 = data46.unless;
if(Array.isArray(data52)){
if(data52.length < 0){
const err130 = {instancePath:instancePath+"/controlledDrugs/" + i15+"/unless",schemaPath:"#/properties/controlledDrugs/items/properties/unless/minItems",keyword:"minItems",params:{limit: 0},message:"must NOT have fewer than 0 items"};
if(vErrors === null){
vErrors = [err130];
}
else {
vErrors.push(err130);
}
errors++;
}
const len18 = data52.length;
for(let i18=0; i18<len18; i18++){
let data53 = data52[i18];
if(typeof data53 === "string"){
if(func3(data53) < 1){
const err131 = {instancePath:instancePath+"/controlledDrugs/" + i15+"/unless/" + i18,schemaPath:"#/properties/controlledDrugs/items/properties/unless/items/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err131];
}
else {
vErrors.push(err131);
}
errors++;
}
}
else {
const err132 = {instancePath:instancePath+"/controlledDrugs/" + i15+"/unless/" + i18,schemaPath:"#/properties/controlledDrugs/items/properties/unless/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err132];
}
else {
vErrors.push(err132);
}
errors++;
}
}
}
else {
const err133 = {instancePath:instancePath+"/controlledDrugs/" + i15+"/unless",schemaPath:"#/properties/controlledDrugs/items/properties/unless/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err133];
}
else {
vErrors.push(err133);
}
errors++;
}
}
if(data46.names !== undefined){
let data54 = data46.names;
if(Array.isArray(data54)){
if(data54.length < 0){
const err134 = {instancePath:instancePath+"/controlledDrugs/" + i15+"/names",schemaPath:"#/properties/controlledDrugs/items/properties/names/minItems",keyword:"minItems",params:{limit: 0},message:"must NOT have fewer than 0 items"};
if(vErrors === null){
vErrors = [err134];
}
else {
vErrors.push(err134);
}
errors++;
}
const len19 = data54.length;
for(let i19=0; i19<len19; i19++){
let data55 = data54[i19];
if(typeof data55 === "string"){
if(!pattern0.test(data55)){
const err135 = {instancePath:instancePath+"/controlledDrugs/" + i15+"/names/" + i19,schemaPath:"#/properties/controlledDrugs/items/properties/names/items/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9.%]+$"},message:"must match pattern \""+"^[a-z0-9.%]+$"+"\""};
if(vErrors === null){
vErrors = [err135];
}
else {
vErrors.push(err135);
}
errors++;
}
}
else {
const err136 = {instancePath:instancePath+"/controlledDrugs/" + i15+"/names/" + i19,schemaPath:"#/properties/controlledDrugs/items/properties/names/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err136];
}
else {
vErrors.push(err136);
}
errors++;
}
}
}
else {
const err137 = {instancePath:instancePath+"/controlledDrugs/" + i15+"/names",schemaPath:"#/properties/controlledDrugs/items/properties/names/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err137];
}
else {
vErrors.push(err137);
}
errors++;
}
}
if(data46.source !== undefined){
let data56 = data46.source;
if(typeof data56 === "string"){
if(func3(data56) < 1){
const err138 = {instancePath:instancePath+"/controlledDrugs/" + i15+"/source",schemaPath:"#/properties/controlledDrugs/items/properties/source/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err138];
}
else {
vErrors.push(err138);
}
errors++;
}
}
else {
const err139 = {instancePath:instancePath+"/controlledDrugs/" + i15+"/source",schemaPath:"#/properties/controlledDrugs/items/properties/source/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err139];
}
else {
vErrors.push(err139);
}
errors++;
}
}
if(data46.schedule !== undefined){
let data57 = data46.schedule;
if(!(((data57 === 1) || (data57 === 2)) || (data57 === 3))){
const err140 = {instancePath:instancePath+"/controlledDrugs/" + i15+"/schedule",schemaPath:"#/properties/controlledDrugs/items/properties/schedule/enum",keyword:"enum",params:{allowedValues: schema11.properties.controlledDrugs.items.properties.schedule.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err140];
}
else {
vErrors.push(err140);
}
errors++;
}
}
}
else {
const err141 = {instancePath:instancePath+"/controlledDrugs/" + i15,schemaPath:"#/properties/controlledDrugs/items/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err141];
}
else {
vErrors.push(err141);
}
errors++;
}
}
}
else {
const err142 = {instancePath:instancePath+"/controlledDrugs",schemaPath:"#/properties/controlledDrugs/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err142];
}
else {
vErrors.push(err142);
}
errors++;
}
}
if(data.biologics !== undefined){
let data58 = data.biologics;
if(Array.isArray(data58)){
if(data58.length < 0){
const err143 = {instancePath:instancePath+"/biologics",schemaPath:"#/properties/biologics/minItems",keyword:"minItems",params:{limit: 0},message:"must NOT have fewer than 0 items"};
if(vErrors === null){
vErrors = [err143];
}
else {
vErrors.push(err143);
}
errors++;
}
const len20 = data58.length;
for(let i20=0; i20<len20; i20++){
let data59 = data58[i20];
if(data59 && typeof data59 == "object" && !Array.isArray(data59)){
if(data59.name === undefined){
const err144 = {instancePath:instancePath+"/biologics/" + i20,schemaPath:"#/properties/biologics/items/required",keyword:"required",params:{missingProperty: "name"},message:"must have required property '"+"name"+"'"};
if(vErrors === null){
vErrors = [err144];
}
else {
vErrors.push(err144);
}
errors++;
}
if(data59.words === undefined){
const err145 = {instancePath:instancePath+"/biologics/" + i20,schemaPath:"#/properties/biologics/items/required",keyword:"required",params:{missingProperty: "words"},message:"must have required property '"+"words"+"'"};
if(vErrors === null){
vErrors = [err145];
}
else {
vErrors.push(err145);
}
errors++;
}
if(data59.source === undefined){
const err146 = {instancePath:instancePath+"/biologics/" + i20,schemaPath:"#/properties/biologics/items/required",keyword:"required",params:{missingProperty: "source"},message:"must have required property '"+"source"+"'"};
if(vErrors === null){
vErrors = [err146];
}
else {
vErrors.push(err146);
}
errors++;
}
for(const key5 in data59){
if(!((((((key5 === "name") || (key5 === "words")) || (key5 === "codes")) || (key5 === "unless")) || (key5 === "names")) || (key5 === "source"))){
const err147 = {instancePath:instancePath+"/biologics/" + i20,schemaPath:"#/properties/biologics/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key5},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err147];
}
else {
vErrors.push(err147);
}
errors++;
}
}
if(data59.name !== undefined){
let data60 = data59.name;
if(typeof data60 === "string"){
if(func3(data60) < 1){
const err148 = {instancePath:instancePath+"/biologics/" + i20+"/name",schemaPath:"#/properties/biologics/items/properties/name/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err148];
}
else {
vErrors.push(err148);
}
errors++;
}
}
else {
const err149 = {instancePath:instancePath+"/biologics/" + i20+"/name",schemaPath:"#/properties/biologics/items/properties/name/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err149];
}
else {
vErrors.push(err149);
}
errors++;
}
}
if(data59.words !== undefined){
let data61 = data59.words;
if(Array.isArray(data61)){
if(data61.length < 1){
const err150 = {instancePath:instancePath+"/biologics/" + i20+"/words",schemaPath:"#/properties/biologics/items/properties/words/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"};
if(vErrors === null){
vErrors = [err150];
}
else {
vErrors.push(err150);
}
errors++;
}
const len21 = data61.length;
for(let i21=0; i21<len21; i21++){
let data62 = data61[i21];
if(typeof data62 === "string"){
if(!pattern0.test(data62)){
const err151 = {instancePath:instancePath+"/biologics/" + i20+"/words/" + i21,schemaPath:"#/properties/biologics/items/properties/words/items/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9.%]+$"},message:"must match pattern \""+"^[a-z0-9.%]+$"+"\""};
if(vErrors === null){
vErrors = [err151];
}
else {
vErrors.push(err151);
}
errors++;
}
}
else {
const err152 = {instancePath:instancePath+"/biologics/" + i20+"/words/" + i21,schemaPath:"#/properties/biologics/items/properties/words/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err152];
}
else {
vErrors.push(err152);
}
errors++;
}
}
}
else {
const err153 = {instancePath:instancePath+"/biologics/" + i20+"/words",schemaPath:"#/properties/biologics/items/properties/words/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err153];
}
else {
vErrors.push(err153);
}
errors++;
}
}
if(data59.codes !== undefined){
let data63 = data59.codes;
if(Array.isArray(data63)){
if(data63.length < 0){
const err154 = {instancePath:instancePath+"/biologics/" + i20+"/codes",schemaPath:"#/properties/biologics/items/properties/codes/minItems",keyword:"minItems",params:{limit: 0},message:"must NOT have fewer than 0 items"};
if(vErrors === null){
vErrors = [err154];
}
else {
vErrors.push(err154);
}
errors++;
}
const len22 = data63.length;
for(let i22=0; i22<len22; i22++){
let data64 = data63[i22];
if(typeof data64 === "string"){
if(!pattern1.test(data64)){
const err155 = {instancePath:instancePath+"/biologics/" + i20+"/codes/" + i22,schemaPath:"#/properties/biologics/items/properties/codes/items/pattern",keyword:"pattern",params:{pattern: "^\\d{6,18}$"},message:"must match pattern \""+"^\\d{6,18}$"+"\""};
if(vErrors === null){
vErrors = [err155];
}
else {
vErrors.push(err155);
}
errors++;
}
}
else {
const err156 = {instancePath:instancePath+"/biologics/" + i20+"/codes/" + i22,schemaPath:"#/properties/biologics/items/properties/codes/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err156];
}
else {
vErrors.push(err156);
}
errors++;
}
}
}
else {
const err157 = {instancePath:instancePath+"/biologics/" + i20+"/codes",schemaPath:"#/properties/biologics/items/properties/codes/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err157];
}
else {
vErrors.push(err157);
}
errors++;
}
}
if(data59.unless !== undefined){
let data65 = data59.unless;
if(Array.isArray(data65)){
if(data65.length < 0){
const err158 = {instancePath:instancePath+"/biologics/" + i20+"/unless",schemaPath:"#/properties/biologics/items/properties/unless/minItems",keyword:"minItems",params:{limit: 0},message:"must NOT have fewer than 0 items"};
if(vErrors === null){
vErrors = [err158];
}
else {
vErrors.push(err158);
}
errors++;
}
const len23 = data65.length;
for(let i23=0; i23<len23; i23++){
let data66 = data65[i23];
if(typeof data66 === "string"){
if(func3(data66) < 1){
const err159 = {instancePath:instancePath+"/biologics/" + i20+"/unless/" + i23,schemaPath:"#/properties/biologics/items/properties/unless/items/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err159];
}
else {
vErrors.push(err159);
}
errors++;
}
}
else {
const err160 = {instancePath:instancePath+"/biologics/" + i20+"/unless/" + i23,schemaPath:"#/properties/biologics/items/properties/unless/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err160];
}
else {
vErrors.push(err160);
}
errors++;
}
}
}
else {
const err161 = {instancePath:instancePath+"/biologics/" + i20+"/unless",schemaPath:"#/properties/biologics/items/properties/unless/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err161];
}
else {
vErrors.push(err161);
}
errors++;
}
}
if(data59.names !== undefined){
let data67 = data59.names;
if(Array.isArray(data67)){
if(data67.length < 0){
const err162 = {instancePath:instancePath+"/biologics/" + i20+"/names",schemaPath:"#/properties/biologics/items/properties/names/minItems",keyword:"minItems",params:{limit: 0},message:"must NOT have fewer than 0 items"};
if(vErrors === null){
vErrors = [err162];
}
else {
vErrors.push(err162);
}
errors++;
}
const len24 = data67.length;
for(let i24=0; i24<len24; i24++){
let data68 = data67[i24];
if(typeof data68 === "string"){
if(!pattern0.test(data68)){
const err163 = {instancePath:instancePath+"/biologics/" + i20+"/names/" + i24,schemaPath:"#/properties/biologics/items/properties/names/items/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9.%]+$"},message:"must match pattern \""+"^[a-z0-9.%]+$"+"\""};
if(vErrors === null){
vErrors = [err163];
}
else {
vErrors.push(err163);
}
errors++;
}
}
else {
const err164 = {instancePath:instancePath+"/biologics/" + i20+"/names/" + i24,schemaPath:"#/properties/biologics/items/properties/names/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err164];
}
else {
vErrors.push(err164);
}
errors++;
}
}
}
else {
const err165 = {instancePath:instancePath+"/biologics/" + i20+"/names",schemaPath:"#/properties/biologics/items/properties/names/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err165];
}
else {
vErrors.push(err165);
}
errors++;
}
}
if(data59.source !== undefined){
let data69 = data59.source;
if(typeof data69 === "string"){
if(func3(data69) < 1){
const err166 = {instancePath:instancePath+"/biologics/" + i20+"/source",schemaPath:"#/properties/biologics/items/properties/source/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err166];
}
else {
vErrors.push(err166);
}
errors++;
}
}
else {
const err167 = {instancePath:instancePath+"/biologics/" + i20+"/source",schemaPath:"#/properties/biologics/items/properties/source/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err167];
}
else {
vErrors.push(err167);
}
errors++;
}
}
}
else {
const err168 = {instancePath:instancePath+"/biologics/" + i20,schemaPath:"#/properties/biologics/items/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err168];
}
else {
vErrors.push(err168);
}
errors++;
}
}
}
else {
const err169 = {instancePath:instancePath+"/biologics",schemaPath:"#/properties/biologics/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err169];
}
else {
vErrors.push(err169);
}
errors++;
}
}
if(data.byBrand !== undefined){
let data70 = data.byBrand;
if(Array.isArray(data70)){
if(data70.length < 0){
const err170 = {instancePath:instancePath+"/byBrand",schemaPath:"#/properties/byBrand/minItems",keyword:"minItems",params:{limit: 0},message:"must NOT have fewer than 0 items"};
if(vErrors === null){
vErrors = [err170];
}
else {
vErrors.push(err170);
}
errors++;
}
const len25 = data70.length;
for(let i25=0; i25<len25; i25++){
let data71 = data70[i25];
if(data71 && typeof data71 == "object" && !Array.isArray(data71)){
if(data71.name === undefined){
const err171 = {instancePath:instancePath+"/byBrand/" + i25,schemaPath:"#/properties/byBrand/items/required",keyword:"required",params:{missingProperty: "name"},message:"must have required property '"+"name"+"'"};
if(vErrors === null){
vErrors = [err171];
}
else {
vErrors.push(err171);
}
errors++;
}
if(data71.words === undefined){
const err172 = {instancePath:instancePath+"/byBrand/" + i25,schemaPath:"#/properties/byBrand/items/required",keyword:"required",params:{missingProperty: "words"},message:"must have required property '"+"words"+"'"};
if(vErrors === null){
vErrors = [err172];
}
else {
vErrors.push(err172);
}
errors++;
}
if(data71.source === undefined){
const err173 = {instancePath:instancePath+"/byBrand/" + i25,schemaPath:"#/properties/byBrand/items/required",keyword:"required",params:{missingProperty: "source"},message:"must have required property '"+"source"+"'"};
if(vErrors === null){
vErrors = [err173];
}
else {
vErrors.push(err173);
}
errors++;
}
for(const key6 in data71){
if(!((((((key6 === "name") || (key6 === "words")) || (key6 === "codes")) || (key6 === "unless")) || (key6 === "names")) || (key6 === "source"))){
const err174 = {instancePath:instancePath+"/byBrand/" + i25,schemaPath:"#/properties/byBrand/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key6},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err174];
}
else {
vErrors.push(err174);
}
errors++;
}
}
if(data71.name !== undefined){
let data72 = data71.name;
if(typeof data72 === "string"){
if(func3(data72) < 1){
const err175 = {instancePath:instancePath+"/byBrand/" + i25+"/name",schemaPath:"#/properties/byBrand/items/properties/name/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err175];
}
else {
vErrors.push(err175);
}
errors++;
}
}
else {
const err176 = {instancePath:instancePath+"/byBrand/" + i25+"/name",schemaPath:"#/properties/byBrand/items/properties/name/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err176];
}
else {
vErrors.push(err176);
}
errors++;
}
}
if(data71.words !== undefined){
let data73 = data71.words;
if(Array.isArray(data73)){
if(data73.length < 1){
const err177 = {instancePath:instancePath+"/byBrand/" + i25+"/words",schemaPath:"#/properties/byBrand/items/properties/words/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"};
if(vErrors === null){
vErrors = [err177];
}
else {
vErrors.push(err177);
}
errors++;
}
const len26 = data73.length;
for(let i26=0; i26<len26; i26++){
let data74 = data73[i26];
if(typeof data74 === "string"){
if(!pattern0.test(data74)){
const err178 = {instancePath:instancePath+"/byBrand/" + i25+"/words/" + i26,schemaPath:"#/properties/byBrand/items/properties/words/items/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9.%]+$"},message:"must match pattern \""+"^[a-z0-9.%]+$"+"\""};
if(vErrors === null){
vErrors = [err178];
}
else {
vErrors.push(err178);
}
errors++;
}
}
else {
const err179 = {instancePath:instancePath+"/byBrand/" + i25+"/words/" + i26,schemaPath:"#/properties/byBrand/items/properties/words/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err179];
}
else {
vErrors.push(err179);
}
errors++;
}
}
}
else {
const err180 = {instancePath:instancePath+"/byBrand/" + i25+"/words",schemaPath:"#/properties/byBrand/items/properties/words/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err180];
}
else {
vErrors.push(err180);
}
errors++;
}
}
if(data71.codes !== undefined){
let data75 = data71.codes;
if(Array.isArray(data75)){
if(data75.length < 0){
const err181 = {instancePath:instancePath+"/byBrand/" + i25+"/codes",schemaPath:"#/properties/byBrand/items/properties/codes/minItems",keyword:"minItems",params:{limit: 0},message:"must NOT have fewer than 0 items"};
if(vErrors === null){
vErrors = [err181];
}
else {
vErrors.push(err181);
}
errors++;
}
const len27 = data75.length;
for(let i27=0; i27<len27; i27++){
let data76 = data75[i27];
if(typeof data76 === "string"){
if(!pattern1.test(data76)){
const err182 = {instancePath:instancePath+"/byBrand/" + i25+"/codes/" + i27,schemaPath:"#/properties/byBrand/items/properties/codes/items/pattern",keyword:"pattern",params:{pattern: "^\\d{6,18}$"},message:"must match pattern \""+"^\\d{6,18}$"+"\""};
if(vErrors === null){
vErrors = [err182];
}
else {
vErrors.push(err182);
}
errors++;
}
}
else {
const err183 = {instancePath:instancePath+"/byBrand/" + i25+"/codes/" + i27,schemaPath:"#/properties/byBrand/items/properties/codes/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err183];
}
else {
vErrors.push(err183);
}
errors++;
}
}
}
else {
const err184 = {instancePath:instancePath+"/byBrand/" + i25+"/codes",schemaPath:"#/properties/byBrand/items/properties/codes/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err184];
}
else {
vErrors.push(err184);
}
errors++;
}
}
if(data71.unless !== undefined){
let data77 = data71.unless;
if(Array.isArray(data77)){
if(data77.length < 0){
const err185 = {instancePath:instancePath+"/byBrand/" + i25+"/unless",schemaPath:"#/properties/byBrand/items/properties/unless/minItems",keyword:"minItems",params:{limit: 0},message:"must NOT have fewer than 0 items"};
if(vErrors === null){
vErrors = [err185];
}
else {
vErrors.push(err185);
}
errors++;
}
const len28 = data77.length;
for(let i28=0; i28<len28; i28++){
let data78 = data77[i28];
if(typeof data78 === "string"){
if(func3(data78) < 1){
const err186 = {instancePath:instancePath+"/byBrand/" + i25+"/unless/" + i28,schemaPath:"#/properties/byBrand/items/properties/unless/items/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err186];
}
else {
vErrors.push(err186);
}
errors++;
}
}
else {
const err187 = {instancePath:instancePath+"/byBrand/" + i25+"/unless/" + i28,schemaPath:"#/properties/byBrand/items/properties/unless/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err187];
}
else {
vErrors.push(err187);
}
errors++;
}
}
}
else {
const err188 = {instancePath:instancePath+"/byBrand/" + i25+"/unless",schemaPath:"#/properties/byBrand/items/properties/unless/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err188];
}
else {
vErrors.push(err188);
}
errors++;
}
}
if(data71.names !== undefined){
let data79 = data71.names;
if(Array.isArray(data79)){
if(data79.length < 0){
const err189 = {instancePath:instancePath+"/byBrand/" + i25+"/names",schemaPath:"#/properties/byBrand/items/properties/names/minItems",keyword:"minItems",params:{limit: 0},message:"must NOT have fewer than 0 items"};
if(vErrors === null){
vErrors = [err189];
}
else {
vErrors.push(err189);
}
errors++;
}
const len29 = data79.length;
for(let i29=0; i29<len29; i29++){
let data80 = data79[i29];
if(typeof data80 === "string"){
if(!pattern0.test(data80)){
const err190 = {instancePath:instancePath+"/byBrand/" + i25+"/names/" + i29,schemaPath:"#/properties/byBrand/items/properties/names/items/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9.%]+$"},message:"must match pattern \""+"^[a-z0-9.%]+$"+"\""};
if(vErrors === null){
vErrors = [err190];
}
else {
vErrors.push(err190);
}
errors++;
}
}
else {
const err191 = {instancePath:instancePath+"/byBrand/" + i25+"/names/" + i29,schemaPath:"#/properties/byBrand/items/properties/names/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err191];
}
else {
vErrors.push(err191);
}
errors++;
}
}
}
else {
const err192 = {instancePath:instancePath+"/byBrand/" + i25+"/names",schemaPath:"#/properties/byBrand/items/properties/names/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err192];
}
else {
vErrors.push(err192);
}
errors++;
}
}
if(data71.source !== undefined){
let data81 = data71.source;
if(typeof data81 === "string"){
if(func3(data81) < 1){
const err193 = {instancePath:instancePath+"/byBrand/" + i25+"/source",schemaPath:"#/properties/byBrand/items/properties/source/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err193];
}
else {
vErrors.push(err193);
}
errors++;
}
}
else {
const err194 = {instancePath:instancePath+"/byBrand/" + i25+"/source",schemaPath:"#/properties/byBrand/items/properties/source/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err194];
}
else {
vErrors.push(err194);
}
errors++;
}
}
}
else {
const err195 = {instancePath:instancePath+"/byBrand/" + i25,schemaPath:"#/properties/byBrand/items/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err195];
}
else {
vErrors.push(err195);
}
errors++;
}
}
}
else {
const err196 = {instancePath:instancePath+"/byBrand",schemaPath:"#/properties/byBrand/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err196];
}
else {
vErrors.push(err196);
}
errors++;
}
}
if(data.routes !== undefined){
let data82 = data.routes;
if(data82 && typeof data82 == "object" && !Array.isArray(data82)){
if(data82.known === undefined){
const err197 = {instancePath:instancePath+"/routes",schemaPath:"#/properties/routes/required",keyword:"required",params:{missingProperty: "known"},message:"must have required property '"+"known"+"'"};
if(vErrors === null){
vErrors = [err197];
}
else {
vErrors.push(err197);
}
errors++;
}
if(data82.instructions === undefined){
const err198 = {instancePath:instancePath+"/routes",schemaPath:"#/properties/routes/required",keyword:"required",params:{missingProperty: "instructions"},message:"must have required property '"+"instructions"+"'"};
if(vErrors === null){
vErrors = [err198];
}
else {
vErrors.push(err198);
}
errors++;
}
if(data82.forms === undefined){
const err199 = {instancePath:instancePath+"/routes",schemaPath:"#/properties/routes/required",keyword:"required",params:{missingProperty: "forms"},message:"must have required property '"+"forms"+"'"};
if(vErrors === null){
vErrors = [err199];
}
else {
vErrors.push(err199);
}
errors++;
}
if(data82.sites === undefined){
const err200 = {instancePath:instancePath+"/routes",schemaPath:"#/properties/routes/required",keyword:"required",params:{missingProperty: "sites"},message:"must have required property '"+"sites"+"'"};
if(vErrors === null){
vErrors = [err200];
}
else {
vErrors.push(err200);
}
errors++;
}
for(const key7 in data82){
if(!((((key7 === "known") || (key7 === "instructions")) || (key7 === "forms")) || (key7 === "sites"))){
const err201 = {instancePath:instancePath+"/routes",schemaPath:"#/properties/routes/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key7},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err201];
}
else {
vErrors.push(err201);
}
errors++;
}
}
if(data82.known !== undefined){
let data83 = data82.known;
if(Array.isArray(data83)){
if(data83.length < 0){
const err202 = {instancePath:instancePath+"/routes/known",schemaPath:"#/properties/routes/properties/known/minItems",keyword:"minItems",params:{limit: 0},message:"must NOT have fewer than 0 items"};
if(vErrors === null){
vErrors = [err202];
}
else {
vErrors.push(err202);
}
errors++;
}
const len30 = data83.length;
for(let i30=0; i30<len30; i30++){
let data84 = data83[i30];
if(data84 && typeof data84 == "object" && !Array.isArray(data84)){
if(data84.name === undefined){
const err203 = {instancePath:instancePath+"/routes/known/" + i30,schemaPath:"#/properties/routes/properties/known/items/required",keyword:"required",params:{missingProperty: "name"},message:"must have required property '"+"name"+"'"};
if(vErrors === null){
vErrors = [err203];
}
else {
vErrors.push(err203);
}
errors++;
}
if(data84.codes === undefined){
const err204 = {instancePath:instancePath+"/routes/known/" + i30,schemaPath:"#/properties/routes/properties/known/items/required",keyword:"required",params:{missingProperty: "codes"},message:"must have required property '"+"codes"+"'"};
if(vErrors === null){
vErrors = [err204];
}
else {
vErrors.push(err204);
}
errors++;
}
if(data84.phrases === undefined){
const err205 = {instancePath:instancePath+"/routes/known/" + i30,schemaPath:"#/properties/routes/properties/known/items/required",keyword:"required",params:{missingProperty: "phrases"},message:"must have required property '"+"phrases"+"'"};
if(vErrors === null){
vErrors = [err205];
}
else {
vErrors.push(err205);
}
errors++;
}
for(const key8 in data84){
if(!(((key8 === "name") || (key8 === "codes")) || (key8 === "phrases"))){
const err206 = {instancePath:instancePath+"/routes/known/" + i30,schemaPath:"#/properties/routes/properties/known/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key8},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err206];
}
else {
vErrors.push(err206);
}
errors++;
}
}
if(data84.name !== undefined){
let data85 = data84.name;
if(typeof data85 === "string"){
if(func3(data85) < 1){
const err207 = {instancePath:instancePath+"/routes/known/" + i30+"/name",schemaPath:"#/properties/routes/properties/known/items/properties/name/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err207];
}
else {
vErrors.push(err207);
}
errors++;
}
}
else {
const err208 = {instancePath:instancePath+"/routes/known/" + i30+"/name",schemaPath:"#/properties/routes/properties/known/items/properties/name/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err208];
}
else {
vErrors.push(err208);
}
errors++;
}
}
if(data84.codes !== undefined){
let data86 = data84.codes;
if(Array.isArray(data86)){
if(data86.length < 0){
const err209 = {instancePath:instancePath+"/routes/known/" + i30+"/codes",schemaPath:"#/properties/routes/properties/known/items/properties/codes/minItems",keyword:"minItems",params:{limit: 0},message:"must NOT have fewer than 0 items"};
if(vErrors === null){
vErrors = [err209];
}
else {
vErrors.push(err209);
}
errors++;
}
const len31 = data86.length;
for(let i31=0; i31<len31; i31++){
let data87 = data86[i31];
if(typeof data87 === "string"){
if(!pattern1.test(data87)){
const err210 = {instancePath:instancePath+"/routes/known/" + i30+"/codes/" + i31,schemaPath:"#/properties/routes/properties/known/items/properties/codes/items/pattern",keyword:"pattern",params:{pattern: "^\\d{6,18}$"},message:"must match pattern \""+"^\\d{6,18}$"+"\""};
if(vErrors === null){
vErrors = [err210];
}
else {
vErrors.push(err210);
}
errors++;
}
}
else {
const err211 = {instancePath:instancePath+"/routes/known/" + i30+"/codes/" + i31,schemaPath:"#/properties/routes/properties/known/items/properties/codes/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err211];
}
else {
vErrors.push(err211);
}
errors++;
}
}
}
else {
const err212 = {instancePath:instancePath+"/routes/known/" + i30+"/codes",schemaPath:"#/properties/routes/properties/known/items/properties/codes/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err212];
}
else {
vErrors.push(err212);
}
errors++;
}
}
if(data84.phrases !== undefined){
let data88 = data84.phrases;
if(Array.isArray(data88)){
if(data88.length < 1){
const err213 = {instancePath:instancePath+"/routes/known/" + i30+"/phrases",schemaPath:"#/properties/routes/properties/known/items/properties/phrases/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"};
if(vErrors === null){
vErrors = [err213];
}
else {
vErrors.push(err213);
}
errors++;
}
const len32 = data88.length;
for(let i32=0; i32<len32; i32++){
let data89 = data88[i32];
if(typeof data89 === "string"){
if(!pattern19.test(data89)){
const err214 = {instancePath:instancePath+"/routes/known/" + i30+"/phrases/" + i32,schemaPath:"#/properties/routes/properties/known/items/properties/phrases/items/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9]+( [a-z0-9]+)*$"},message:"must match pattern \""+"^[a-z0-9]+( [a-z0-9]+)*$"+"\""};
if(vErrors === null){
vErrors = [err214];
}
else {
vErrors.push(err214);
}
errors++;
}
}
else {
const err215 = {instancePath:instancePath+"/routes/known/" + i30+"/phrases/" + i32,schemaPath:"#/properties/routes/properties/known/items/properties/phrases/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err215];
}
else {
vErrors.push(err215);
}
errors++;
}
}
}
else {
const err216 = {instancePath:instancePath+"/routes/known/" + i30+"/phrases",schemaPath:"#/properties/routes/properties/known/items/properties/phrases/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err216];
}
else {
vErrors.push(err216);
}
errors++;
}
}
}
else {
const err217 = {instancePath:instancePath+"/routes/known/" + i30,schemaPath:"#/properties/routes/properties/known/items/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err217];
}
else {
vErrors.push(err217);
}
errors++;
}
}
}
else {
const err218 = {instancePath:instancePath+"/routes/known",schemaPath:"#/properties/routes/properties/known/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err218];
}
else {
vErrors.push(err218);
}
errors++;
}
}
if(data82.instructions !== undefined){
let data90 = data82.instructions;
if(Array.isArray(data90)){
if(data90.length < 0){
const err219 = {instancePath:instancePath+"/routes/instructions",schemaPath:"#/properties/routes/properties/instructions/minItems",keyword:"minItems",params:{limit: 0},message:"must NOT have fewer than 0 items"};
if(vErrors === null){
vErrors = [err219];
}
else {
vErrors.push(err219);
}
errors++;
}
const len33 = data90.length;
for(let i33=0; i33<len33; i33++){
let data91 = data90[i33];
if(data91 && typeof data91 == "object" && !Array.isArray(data91)){
if(data91.phrases === undefined){
const err220 = {instancePath:instancePath+"/routes/instructions/" + i33,schemaPath:"#/properties/routes/properties/instructions/items/required",keyword:"required",params:{missingProperty: "phrases"},message:"must have required property '"+"phrases"+"'"};
if(vErrors === null){
vErrors = [err220];
}
else {
vErrors.push(err220);
}
errors++;
}
if(data91.routes === undefined){
const err221 = {instancePath:instancePath+"/routes/instructions/" + i33,schemaPath:"#/properties/routes/properties/instructions/items/required",keyword:"required",params:{missingProperty: "routes"},message:"must have required property '"+"routes"+"'"};
if(vErrors === null){
vErrors = [err221];
}
else {
vErrors.push(err221);
}
errors++;
}
for(const key9 in data91){
if(!(((((key9 === "phrases") || (key9 === "routes")) || (key9 === "unless")) || (key9 === "general")) || (key9 === "uncertain"))){
const err222 = {instancePath:instancePath+"/routes/instructions/" + i33,schemaPath:"#/properties/routes/properties/instructions/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key9},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err222];
}
else {
vErrors.push(err222);
}
errors++;
}
}
if(data91.phrases !== undefined){
let data92 = data91.phrases;
if(Array.isArray(data92)){
if(data92.length < 1){
const err223 = {instancePath:instancePath+"/routes/instructions/" + i33+"/phrases",schemaPath:"#/properties/routes/properties/instructions/items/properties/phrases/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"};
if(vErrors === null){
vErrors = [err223];
}
else {
vErrors.push(err223);
}
errors++;
}
const len34 = data92.length;
for(let i34=0; i34<len34; i34++){
let data93 = data92[i34];
if(typeof data93 === "string"){
if(!pattern19.test(data93)){
const err224 = {instancePath:instancePath+"/routes/instructions/" + i33+"/phrases/" + i34,schemaPath:"#/properties/routes/properties/instructions/items/properties/phrases/items/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9]+( [a-z0-9]+)*$"},message:"must match pattern \""+"^[a-z0-9]+( [a-z0-9]+)*$"+"\""};
if(vErrors === null){
vErrors = [err224];
}
else {
vErrors.push(err224);
}
errors++;
}
}
else {
const err225 = {instancePath:instancePath+"/routes/instructions/" + i33+"/phrases/" + i34,schemaPath:"#/properties/routes/properties/instructions/items/properties/phrases/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err225];
}
else {
vErrors.push(err225);
}
errors++;
}
}
}
else {
const err226 = {instancePath:instancePath+"/routes/instructions/" + i33+"/phrases",schemaPath:"#/properties/routes/properties/instructions/items/properties/phrases/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err226];
}
else {
vErrors.push(err226);
}
errors++;
}
}
if(data91.routes !== undefined){
let data94 = data91.routes;
if(Array.isArray(data94)){
if(data94.length < 1){
const err227 = {instancePath:instancePath+"/routes/instructions/" + i33+"/routes",schemaPath:"#/properties/routes/properties/instructions/items/properties/routes/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"};
if(vErrors === null){
vErrors = [err227];
}
else {
vErrors.push(err227);
}
errors++;
}
const len35 = data94.length;
for(let i35=0; i35<len35; i35++){
let data95 = data94[i35];
if(typeof data95 === "string"){
if(func3(data95) < 1){
const err228 = {instancePath:instancePath+"/routes/instructions/" + i33+"/routes/" + i35,schemaPath:"#/properties/routes/properties/instructions/items/properties/routes/items/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err228];
}
else {
vErrors.push(err228);
}
errors++;
}
}
else {
const err229 = {instancePath:instancePath+"/routes/instructions/" + i33+"/routes/" + i35,schemaPath:"#/properties/routes/properties/instructions/items/properties/routes/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err229];
}
else {
vErrors.push(err229);
}
errors++;
}
}
}
else {
const err230 = {instancePath:instancePath+"/routes/instructions/" + i33+"/routes",schemaPath:"#/properties/routes/properties/instructions/items/properties/routes/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err230];
}
else {
vErrors.push(err230);
}
errors++;
}
}
if(data91.unless !== undefined){
let data96 = data91.unless;
if(Array.isArray(data96)){
if(data96.length < 1){
const err231 = {instancePath:instancePath+"/routes/instructions/" + i33+"/unless",schemaPath:"#/properties/routes/properties/instructions/items/properties/unless/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"};
if(vErrors === null){
vErrors = [err231];
}
else {
vErrors.push(err231);
}
errors++;
}
const len36 = data96.length;
for(let i36=0; i36<len36; i36++){
let data97 = data96[i36];
if(typeof data97 === "string"){
if(!pattern19.test(data97)){
const err232 = {instancePath:instancePath+"/routes/instructions/" + i33+"/unless/" + i36,schemaPath:"#/properties/routes/properties/instructions/items/properties/unless/items/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9]+( [a-z0-9]+)*$"},message:"must match pattern \""+"^[a-z0-9]+( [a-z0-9]+)*$"+"\""};
if(vErrors === null){
vErrors = [err232];
}
else {
vErrors.push(err232);
}
errors++;
}
}
else {
const err233 = {instancePath:instancePath+"/routes/instructions/" + i33+"/unless/" + i36,schemaPath:"#/properties/routes/properties/instructions/items/properties/unless/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err233];
}
else {
vErrors.push(err233);
}
errors++;
}
}
}
else {
const err234 = {instancePath:instancePath+"/routes/instructions/" + i33+"/unless",schemaPath:"#/properties/routes/properties/instructions/items/properties/unless/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err234];
}
else {
vErrors.push(err234);
}
errors++;
}
}
if(data91.general !== undefined){
if(true !== data91.general){
const err235 = {instancePath:instancePath+"/routes/instructions/" + i33+"/general",schemaPath:"#/properties/routes/properties/instructions/items/properties/general/const",keyword:"const",params:{allowedValue: true},message:"must be equal to constant"};
if(vErrors === null){
vErrors = [err235];
}
else {
vErrors.push(err235);
}
errors++;
}
}
if(data91.uncertain !== undefined){
if(true !== data91.uncertain){
const err236 = {instancePath:instancePath+"/routes/instructions/" + i33+"/uncertain",schemaPath:"#/properties/routes/properties/instructions/items/properties/uncertain/const",keyword:"const",params:{allowedValue: true},message:"must be equal to constant"};
if(vErrors === null){
vErrors = [err236];
}
else {
vErrors.push(err236);
}
errors++;
}
}
}
else {
const err237 = {instancePath:instancePath+"/routes/instructions/" + i33,schemaPath:"#/properties/routes/properties/instructions/items/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err237];
}
else {
vErrors.push(err237);
}
errors++;
}
}
}
else {
const err238 = {instancePath:instancePath+"/routes/instructions",schemaPath:"#/properties/routes/properties/instructions/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err238];
}
else {
vErrors.push(err238);
}
errors++;
}
}
if(data82.forms !== undefined){
let data100 = data82.forms;
if(Array.isArray(data100)){
if(data100.length < 0){
const err239 = {instancePath:instancePath+"/routes/forms",schemaPath:"#/properties/routes/properties/forms/minItems",keyword:"minItems",params:{limit: 0},message:"must NOT have fewer than 0 items"};
if(vErrors === null){
vErrors = [err239];
}
else {
vErrors.push(err239);
}
errors++;
}
const len37 = data100.length;
for(let i37=0; i37<len37; i37++){
let data101 = data100[i37];
if(data101 && typeof data101 == "object" && !Array.isArray(data101)){
if(data101.phrases === undefined){
const err240 = {instancePath:instancePath+"/routes/forms/" + i37,schemaPath:"#/properties/routes/properties/forms/items/required",keyword:"required",params:{missingProperty: "phrases"},message:"must have required property '"+"phrases"+"'"};
if(vErrors === null){
vErrors = [err240];
}
else {
vErrors.push(err240);
}
errors++;
}
if(data101.routes === undefined){
const err241 = {instancePath:instancePath+"/routes/forms/" + i37,schemaPath:"#/properties/routes/properties/forms/items/required",keyword:"required",params:{missingProperty: "routes"},message:"must have required property '"+"routes"+"'"};
if(vErrors === null){
vErrors = [err241];
}
else {
vErrors.push(err241);
}
errors++;
}
for(const key10 in data101){
if(!(((((key10 === "phrases") || (key10 === "routes")) || (key10 === "unless")) || (key10 === "general")) || (key10 === "uncertain"))){
const err242 = {instancePath:instancePath+"/routes/forms/" + i37,schemaPath:"#/properties/routes/properties/forms/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key10},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err242];
}
else {
vErrors.push(err242);
}
errors++;
}
}
if(data101.phrases !== undefined){
let data102 = data101.phrases;
if(Array.isArray(data102)){
if(data102.length < 1){
const err243 = {instancePath:instancePath+"/routes/forms/" + i37+"/phrases",schemaPath:"#/properties/routes/properties/forms/items/properties/phrases/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"};
if(vErrors === null){
vErrors = [err243];
}
else {
vErrors.push(err243);
}
errors++;
}
const len38 = data102.length;
for(let i38=0; i38<len38; i38++){
let data103 = data102[i38];
if(typeof data103 === "string"){
if(!pattern19.test(data103)){
const err244 = {instancePath:instancePath+"/routes/forms/" + i37+"/phrases/" + i38,schemaPath:"#/properties/routes/properties/forms/items/properties/phrases/items/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9]+( [a-z0-9]+)*$"},message:"must match pattern \""+"^[a-z0-9]+( [a-z0-9]+)*$"+"\""};
if(vErrors === null){
vErrors = [err244];
}
else {
vErrors.push(err244);
}
errors++;
}
}
else {
const err245 = {instancePath:instancePath+"/routes/forms/" + i37+"/phrases/" + i38,schemaPath:"#/properties/routes/properties/forms/items/properties/phrases/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err245];
}
else {
vErrors.push(err245);
}
errors++;
}
}
}
else {
const err246 = {instancePath:instancePath+"/routes/forms/" + i37+"/phrases",schemaPath:"#/properties/routes/properties/forms/items/properties/phrases/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err246];
}
else {
vErrors.push(err246);
}
errors++;
}
}
if(data101.routes !== undefined){
let data104 = data101.routes;
if(Array.isArray(data104)){
if(data104.length < 1){
const err247 = {instancePath:instancePath+"/routes/forms/" + i37+"/routes",schemaPath:"#/properties/routes/properties/forms/items/properties/routes/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"};
if(vErrors === null){
vErrors = [err247];
}
else {
vErrors.push(err247);
}
errors++;
}
const len39 = data104.length;
for(let i39=0; i39<len39; i39++){
let data105 = data104[i39];
if(typeof data105 === "string"){
if(func3(data105) < 1){
const err248 = {instancePath:instancePath+"/routes/forms/" + i37+"/routes/" + i39,schemaPath:"#/properties/routes/properties/forms/items/properties/routes/items/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err248];
}
else {
vErrors.push(err248);
}
errors++;
}
}
else {
const err249 = {instancePath:instancePath+"/routes/forms/" + i37+"/routes/" + i39,schemaPath:"#/properties/routes/properties/forms/items/properties/routes/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err249];
}
else {
vErrors.push(err249);
}
errors++;
}
}
}
else {
const err250 = {instancePath:instancePath+"/routes/forms/" + i37+"/routes",schemaPath:"#/properties/routes/properties/forms/items/properties/routes/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err250];
}
else {
vErrors.push(err250);
}
errors++;
}
}
if(data101.unless !== undefined){
let data106 = data101.unless;
if(Array.isArray(data106)){
if(data106.length < 1){
const err251 = {instancePath:instancePath+"/routes/forms/" + i37+"/unless",schemaPath:"#/properties/routes/properties/forms/items/properties/unless/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"};
if(vErrors === null){
vErrors = [err251];
}
else {
vErrors.push(err251);
}
errors++;
}
const len40 = data106.length;
for(let i40=0; i40<len40; i40++){
let data107 = data106[i40];
if(typeof data107 === "string"){
if(!pattern19.test(data107)){
const err252 = {instancePath:instancePath+"/routes/forms/" + i37+"/unless/" + i40,schemaPath:"#/properties/routes/properties/forms/items/properties/unless/items/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9]+( [a-z0-9]+)*$"},message:"must match pattern \""+"^[a-z0-9]+( [a-z0-9]+)*$"+"\""};
if(vErrors === null){
vErrors = [err252];
}
else {
vErrors.push(err252);
}
errors++;
}
}
else {
const err253 = {instancePath:instancePath+"/routes/forms/" + i37+"/unless/" + i40,schemaPath:"#/properties/routes/properties/forms/items/properties/unless/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err253];
}
else {
vErrors.push(err253);
}
errors++;
}
}
}
else {
const err254 = {instancePath:instancePath+"/routes/forms/" + i37+"/unless",schemaPath:"#/properties/routes/properties/forms/items/properties/unless/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err254];
}
else {
vErrors.push(err254);
}
errors++;
}
}
if(data101.general !== undefined){
if(true !== data101.general){
const err255 = {instancePath:instancePath+"/routes/forms/" + i37+"/general",schemaPath:"#/properties/routes/properties/forms/items/properties/general/const",keyword:"const",params:{allowedValue: true},message:"must be equal to constant"};
if(vErrors === null){
vErrors = [err255];
}
else {
vErrors.push(err255);
}
errors++;
}
}
if(data101.uncertain !== undefined){
if(true !== data101.uncertain){
const err256 = {instancePath:instancePath+"/routes/forms/" + i37+"/uncertain",schemaPath:"#/properties/routes/properties/forms/items/properties/uncertain/const",keyword:"const",params:{allowedValue: true},message:"must be equal to constant"};
if(vErrors === null){
vErrors = [err256];
}
else {
vErrors.push(err256);
}
errors++;
}
}
}
else {
const err257 = {instancePath:instancePath+"/routes/forms/" + i37,schemaPath:"#/properties/routes/properties/forms/items/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err257];
}
else {
vErrors.push(err257);
}
errors++;
}
}
}
else {
const err258 = {instancePath:instancePath+"/routes/forms",schemaPath:"#/properties/routes/properties/forms/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err258];
}
else {
vErrors.push(err258);
}
errors++;
}
}
if(data82.sites !== undefined){
let data110 = data82.sites;
if(Array.isArray(data110)){
if(data110.length < 0){
const err259 = {instancePath:instancePath+"/routes/sites",schemaPath:"#/properties/routes/properties/sites/minItems",keyword:"minItems",params:{limit: 0},message:"must NOT have fewer than 0 items"};
if(vErrors === null){
vErrors = [err259];
}
else {
vErrors.push(err259);
}
errors++;
}
const len41 = data110.length;
for(let i41=0; i41<len41; i41++){
let data111 = data110[i41];
if(data111 && typeof data111 == "object" && !Array.isArray(data111)){
if(data111.phrases === undefined){
const err260 = {instancePath:instancePath+"/routes/sites/" + i41,schemaPath:"#/properties/routes/properties/sites/items/required",keyword:"required",params:{missingProperty: "phrases"},message:"must have required property '"+"phrases"+"'"};
if(vErrors === null){
vErrors = [err260];
}
else {
vErrors.push(err260);
}
errors++;
}
if(data111.routes === undefined){
const err261 = {instancePath:instancePath+"/routes/sites/" + i41,schemaPath:"#/properties/routes/properties/sites/items/required",keyword:"required",params:{missingProperty: "routes"},message:"must have required property '"+"routes"+"'"};
if(vErrors === null){
vErrors = [err261];
}
else {
vErrors.push(err261);
}
errors++;
}
for(const key11 in data111){
if(!(((((key11 === "phrases") || (key11 === "routes")) || (key11 === "unless")) || (key11 === "general")) || (key11 === "uncertain"))){
const err262 = {instancePath:instancePath+"/routes/sites/" + i41,schemaPath:"#/properties/routes/properties/sites/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key11},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err262];
}
else {
vErrors.push(err262);
}
errors++;
}
}
if(data111.phrases !== undefined){
let data112 = data111.phrases;
if(Array.isArray(data112)){
if(data112.length < 1){
const err263 = {instancePath:instancePath+"/routes/sites/" + i41+"/phrases",schemaPath:"#/properties/routes/properties/sites/items/properties/phrases/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"};
if(vErrors === null){
vErrors = [err263];
}
else {
vErrors.push(err263);
}
errors++;
}
const len42 = data112.length;
for(let i42=0; i42<len42; i42++){
let data113 = data112[i42];
if(typeof data113 === "string"){
if(!pattern19.test(data113)){
const err264 = {instancePath:instancePath+"/routes/sites/" + i41+"/phrases/" + i42,schemaPath:"#/properties/routes/properties/sites/items/properties/phrases/items/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9]+( [a-z0-9]+)*$"},message:"must match pattern \""+"^[a-z0-9]+( [a-z0-9]+)*$"+"\""};
if(vErrors === null){
vErrors = [err264];
}
else {
vErrors.push(err264);
}
errors++;
}
}
else {
const err265 = {instancePath:instancePath+"/routes/sites/" + i41+"/phrases/" + i42,schemaPath:"#/properties/routes/properties/sites/items/properties/phrases/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err265];
}
else {
vErrors.push(err265);
}
errors++;
}
}
}
else {
const err266 = {instancePath:instancePath+"/routes/sites/" + i41+"/phrases",schemaPath:"#/properties/routes/properties/sites/items/properties/phrases/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err266];
}
else {
vErrors.push(err266);
}
errors++;
}
}
if(data111.routes !== undefined){
let data114 = data111.routes;
if(Array.isArray(data114)){
if(data114.length < 1){
const err267 = {instancePath:instancePath+"/routes/sites/" + i41+"/routes",schemaPath:"#/properties/routes/properties/sites/items/properties/routes/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"};
if(vErrors === null){
vErrors = [err267];
}
else {
vErrors.push(err267);
}
errors++;
}
const len43 = data114.length;
for(let i43=0; i43<len43; i43++){
let data115 = data114[i43];
if(typeof data115 === "string"){
if(func3(data115) < 1){
const err268 = {instancePath:instancePath+"/routes/sites/" + i41+"/routes/" + i43,schemaPath:"#/properties/routes/properties/sites/items/properties/routes/items/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err268];
}
else {
vErrors.push(err268);
}
errors++;
}
}
else {
const err269 = {instancePath:instancePath+"/routes/sites/" + i41+"/routes/" + i43,schemaPath:"#/properties/routes/properties/sites/items/properties/routes/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err269];
}
else {
vErrors.push(err269);
}
errors++;
}
}
}
else {
const err270 = {instancePath:instancePath+"/routes/sites/" + i41+"/routes",schemaPath:"#/properties/routes/properties/sites/items/properties/routes/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err270];
}
else {
vErrors.push(err270);
}
errors++;
}
}
if(data111.unless !== undefined){
let data116 = data111.unless;
if(Array.isArray(data116)){
if(data116.length < 1){
const err271 = {instancePath:instancePath+"/routes/sites/" + i41+"/unless",schemaPath:"#/properties/routes/properties/sites/items/properties/unless/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"};
if(vErrors === null){
vErrors = [err271];
}
else {
vErrors.push(err271);
}
errors++;
}
const len44 = data116.length;
for(let i44=0; i44<len44; i44++){
let data117 = data116[i44];
if(typeof data117 === "string"){
if(!pattern19.test(data117)){
const err272 = {instancePath:instancePath+"/routes/sites/" + i41+"/unless/" + i44,schemaPath:"#/properties/routes/properties/sites/items/properties/unless/items/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9]+( [a-z0-9]+)*$"},message:"must match pattern \""+"^[a-z0-9]+( [a-z0-9]+)*$"+"\""};
if(vErrors === null){
vErrors = [err272];
}
else {
vErrors.push(err272);
}
errors++;
}
}
else {
const err273 = {instancePath:instancePath+"/routes/sites/" + i41+"/unless/" + i44,schemaPath:"#/properties/routes/properties/sites/items/properties/unless/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err273];
}
else {
vErrors.push(err273);
}
errors++;
}
}
}
else {
const err274 = {instancePath:instancePath+"/routes/sites/" + i41+"/unless",schemaPath:"#/properties/routes/properties/sites/items/properties/unless/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err274];
}
else {
vErrors.push(err274);
}
errors++;
}
}
if(data111.general !== undefined){
if(true !== data111.general){
const err275 = {instancePath:instancePath+"/routes/sites/" + i41+"/general",schemaPath:"#/properties/routes/properties/sites/items/properties/general/const",keyword:"const",params:{allowedValue: true},message:"must be equal to constant"};
if(vErrors === null){
vErrors = [err275];
}
else {
vErrors.push(err275);
}
errors++;
}
}
if(data111.uncertain !== undefined){
if(true !== data111.uncertain){
const err276 = {instancePath:instancePath+"/routes/sites/" + i41+"/uncertain",schemaPath:"#/properties/routes/properties/sites/items/properties/uncertain/const",keyword:"const",params:{allowedValue: true},message:"must be equal to constant"};
if(vErrors === null){
vErrors = [err276];
}
else {
vErrors.push(err276);
}
errors++;
}
}
}
else {
const err277 = {instancePath:instancePath+"/routes/sites/" + i41,schemaPath:"#/properties/routes/properties/sites/items/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err277];
}
else {
vErrors.push(err277);
}
errors++;
}
}
}
else {
const err278 = {instancePath:instancePath+"/routes/sites",schemaPath:"#/properties/routes/properties/sites/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err278];
}
else {
vErrors.push(err278);
}
errors++;
}
}
}
else {
const err279 = {instancePath:instancePath+"/routes",schemaPath:"#/properties/routes/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err279];
}
else {
vErrors.push(err279);
}
errors++;
}
}
if(data.deadlyRoutes !== undefined){
let data120 = data.deadlyRoutes;
if(Array.isArray(data120)){
if(data120.length < 0){
const err280 = {instancePath:instancePath+"/deadlyRoutes",schemaPath:"#/properties/deadlyRoutes/minItems",keyword:"minItems",params:{limit: 0},message:"must NOT have fewer than 0 items"};
if(vErrors === null){
vErrors = [err280];
}
else {
vErrors.push(err280);
}
errors++;
}
const len45 = data120.length;
for(let i45=0; i45<len45; i45++){
let data121 = data120[i45];
if(data121 && typeof data121 == "object" && !Array.isArray(data121)){
if(data121.name === undefined){
const err281 = {instancePath:instancePath+"/deadlyRoutes/" + i45,schemaPath:"#/properties/deadlyRoutes/items/required",keyword:"required",params:{missingProperty: "name"},message:"must have required property '"+"name"+"'"};
if(vErrors === null){
vErrors = [err281];
}
else {
vErrors.push(err281);
}
errors++;
}
if(data121.words === undefined){
const err282 = {instancePath:instancePath+"/deadlyRoutes/" + i45,schemaPath:"#/properties/deadlyRoutes/items/required",keyword:"required",params:{missingProperty: "words"},message:"must have required property '"+"words"+"'"};
if(vErrors === null){
vErrors = [err282];
}
else {
vErrors.push(err282);
}
errors++;
}
if(data121.routes === undefined){
const err283 = {instancePath:instancePath+"/deadlyRoutes/" + i45,schemaPath:"#/properties/deadlyRoutes/items/required",keyword:"required",params:{missingProperty: "routes"},message:"must have required property '"+"routes"+"'"};
if(vErrors === null){
vErrors = [err283];
}
else {
vErrors.push(err283);
}
errors++;
}
if(data121.source === undefined){
const err284 = {instancePath:instancePath+"/deadlyRoutes/" + i45,schemaPath:"#/properties/deadlyRoutes/items/required",keyword:"required",params:{missingProperty: "source"},message:"must have required property '"+"source"+"'"};
if(vErrors === null){
vErrors = [err284];
}
else {
vErrors.push(err284);
}
errors++;
}
for(const key12 in data121){
if(!(((((((key12 === "name") || (key12 === "words")) || (key12 === "codes")) || (key12 === "unless")) || (key12 === "names")) || (key12 === "source")) || (key12 === "routes"))){
const err285 = {instancePath:instancePath+"/deadlyRoutes/" + i45,schemaPath:"#/properties/deadlyRoutes/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key12},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err285];
}
else {
vErrors.push(err285);
}
errors++;
}
}
if(data121.name !== undefined){
let data122 = data121.name;
if(typeof data122 === "string"){
if(func3(data122) < 1){
const err286 = {instancePath:instancePath+"/deadlyRoutes/" + i45+"/name",schemaPath:"#/properties/deadlyRoutes/items/properties/name/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err286];
}
else {
vErrors.push(err286);
}
errors++;
}
}
else {
const err287 = {instancePath:instancePath+"/deadlyRoutes/" + i45+"/name",schemaPath:"#/properties/deadlyRoutes/items/properties/name/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err287];
}
else {
vErrors.push(err287);
}
errors++;
}
}
if(data121.words !== undefined){
let data123 = data121.words;
if(Array.isArray(data123)){
if(data123.length < 1){
const err288 = {instancePath:instancePath+"/deadlyRoutes/" + i45+"/words",schemaPath:"#/properties/deadlyRoutes/items/properties/words/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"};
if(vErrors === null){
vErrors = [err288];
}
else {
vErrors.push(err288);
}
errors++;
}
const len46 = data123.length;
for(let i46=0; i46<len46; i46++){
let data124 = data123[i46];
if(typeof data124 === "string"){
if(!pattern0.test(data124)){
const err289 = {instancePath:instancePath+"/deadlyRoutes/" + i45+"/words/" + i46,schemaPath:"#/properties/deadlyRoutes/items/properties/words/items/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9.%]+$"},message:"must match pattern \""+"^[a-z0-9.%]+$"+"\""};
if(vErrors === null){
vErrors = [err289];
}
else {
vErrors.push(err289);
}
errors++;
}
}
else {
const err290 = {instancePath:instancePath+"/deadlyRoutes/" + i45+"/words/" + i46,schemaPath:"#/properties/deadlyRoutes/items/properties/words/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err290];
}
else {
vErrors.push(err290);
}
errors++;
}
}
}
else {
const err291 = {instancePath:instancePath+"/deadlyRoutes/" + i45+"/words",schemaPath:"#/properties/deadlyRoutes/items/properties/words/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err291];
}
else {
vErrors.push(err291);
}
errors++;
}
}
if(data121.codes !== undefined){
let data125 = data121.codes;
if(Array.isArray(data125)){
if(data125.length < 0){
const err292 = {instancePath:instancePath+"/deadlyRoutes/" + i45+"/codes",schemaPath:"#/properties/deadlyRoutes/items/properties/codes/minItems",keyword:"minItems",params:{limit: 0},message:"must NOT have fewer than 0 items"};
if(vErrors === null){
vErrors = [err292];
}
else {
vErrors.push(err292);
}
errors++;
}
const len47 = data125.length;
for(let i47=0; i47<len47; i47++){
let data126 = data125[i47];
if(typeof data126 === "string"){
if(!pattern1.test(data126)){
const err293 = {instancePath:instancePath+"/deadlyRoutes/" + i45+"/codes/" + i47,schemaPath:"#/properties/deadlyRoutes/items/properties/codes/items/pattern",keyword:"pattern",params:{pattern: "^\\d{6,18}$"},message:"must match pattern \""+"^\\d{6,18}$"+"\""};
if(vErrors === null){
vErrors = [err293];
}
else {
vErrors.push(err293);
}
errors++;
}
}
else {
const err294 = {instancePath:instancePath+"/deadlyRoutes/" + i45+"/codes/" + i47,schemaPath:"#/properties/deadlyRoutes/items/properties/codes/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err294];
}
else {
vErrors.push(err294);
}
errors++;
}
}
}
else {
const err295 = {instancePath:instancePath+"/deadlyRoutes/" + i45+"/codes",schemaPath:"#/properties/deadlyRoutes/items/properties/codes/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err295];
}
else {
vErrors.push(err295);
}
errors++;
}
}
if(data121.unless !== undefined){
let data127 = data121.unless;
if(Array.isArray(data127)){
if(data127.length < 0){
const err296 = {instancePath:instancePath+"/deadlyRoutes/" + i45+"/unless",schemaPath:"#/properties/deadlyRoutes/items/properties/unless/minItems",keyword:"minItems",params:{limit: 0},message:"must NOT have fewer than 0 items"};
if(vErrors === null){
vErrors = [err296];
}
else {
vErrors.push(err296);
}
errors++;
}
const len48 = data127.length;
for(let i48=0; i48<len48; i48++){
let data128 = data127[i48];
if(typeof data128 === "string"){
if(func3(data128) < 1){
const err297 = {instancePath:instancePath+"/deadlyRoutes/" + i45+"/unless/" + i48,schemaPath:"#/properties/deadlyRoutes/items/properties/unless/items/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err297];
}
else {
vErrors.push(err297);
}
errors++;
}
}
else {
const err298 = {instancePath:instancePath+"/deadlyRoutes/" + i45+"/unless/" + i48,schemaPath:"#/properties/deadlyRoutes/items/properties/unless/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err298];
}
else {
vErrors.push(err298);
}
errors++;
}
}
}
else {
const err299 = {instancePath:instancePath+"/deadlyRoutes/" + i45+"/unless",schemaPath:"#/properties/deadlyRoutes/items/properties/unless/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err299];
}
else {
vErrors.push(err299);
}
errors++;
}
}
if(data121.names !== undefined){
let data129 = data121.names;
if(Array.isArray(data129)){
if(data129.length < 0){
const err300 = {instancePath:instancePath+"/deadlyRoutes/" + i45+"/names",schemaPath:"#/properties/deadlyRoutes/items/properties/names/minItems",keyword:"minItems",params:{limit: 0},message:"must NOT have fewer than 0 items"};
if(vErrors === null){
vErrors = [err300];
}
else {
vErrors.push(err300);
}
errors++;
}
const len49 = data129.length;
for(let i49=0; i49<len49; i49++){
let data130 = data129[i49];
if(typeof data130 === "string"){
if(!pattern0.test(data130)){
const err301 = {instancePath:instancePath+"/deadlyRoutes/" + i45+"/names/" + i49,schemaPath:"#/properties/deadlyRoutes/items/properties/names/items/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9.%]+$"},message:"must match pattern \""+"^[a-z0-9.%]+$"+"\""};
if(vErrors === null){
vErrors = [err301];
}
else {
vErrors.push(err301);
}
errors++;
}
}
else {
const err302 = {instancePath:instancePath+"/deadlyRoutes/" + i45+"/names/" + i49,schemaPath:"#/properties/deadlyRoutes/items/properties/names/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err302];
}
else {
vErrors.push(err302);
}
errors++;
}
}
}
else {
const err303 = {instancePath:instancePath+"/deadlyRoutes/" + i45+"/names",schemaPath:"#/properties/deadlyRoutes/items/properties/names/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err303];
}
else {
vErrors.push(err303);
}
errors++;
}
}
if(data121.source !== undefined){
let data131 = data121.source;
if(typeof data131 === "string"){
if(func3(data131) < 1){
const err304 = {instancePath:instancePath+"/deadlyRoutes/" + i45+"/source",schemaPath:"#/properties/deadlyRoutes/items/properties/source/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err304];
}
else {
vErrors.push(err304);
}
errors++;
}
}
else {
const err305 = {instancePath:instancePath+"/deadlyRoutes/" + i45+"/source",schemaPath:"#/properties/deadlyRoutes/items/properties/source/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err305];
}
else {
vErrors.push(err305);
}
errors++;
}
}
if(data121.routes !== undefined){
let data132 = data121.routes;
if(Array.isArray(data132)){
if(data132.length < 1){
const err306 = {instancePath:instancePath+"/deadlyRoutes/" + i45+"/routes",schemaPath:"#/properties/deadlyRoutes/items/properties/routes/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"};
if(vErrors === null){
vErrors = [err306];
}
else {
vErrors.push(err306);
}
errors++;
}
const len50 = data132.length;
for(let i50=0; i50<len50; i50++){
let data133 = data132[i50];
if(typeof data133 === "string"){
if(func3(data133) < 1){
const err307 = {instancePath:instancePath+"/deadlyRoutes/" + i45+"/routes/" + i50,schemaPath:"#/properties/deadlyRoutes/items/properties/routes/items/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err307];
}
else {
vErrors.push(err307);
}
errors++;
}
}
else {
const err308 = {instancePath:instancePath+"/deadlyRoutes/" + i45+"/routes/" + i50,schemaPath:"#/properties/deadlyRoutes/items/properties/routes/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err308];
}
else {
vErrors.push(err308);
}
errors++;
}
}
}
else {
const err309 = {instancePath:instancePath+"/deadlyRoutes/" + i45+"/routes",schemaPath:"#/properties/deadlyRoutes/items/properties/routes/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err309];
}
else {
vErrors.push(err309);
}
errors++;
}
}
}
else {
const err310 = {instancePath:instancePath+"/deadlyRoutes/" + i45,schemaPath:"#/properties/deadlyRoutes/items/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err310];
}
else {
vErrors.push(err310);
}
errors++;
}
}
}
else {
const err311 = {instancePath:instancePath+"/deadlyRoutes",schemaPath:"#/properties/deadlyRoutes/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err311];
}
else {
vErrors.push(err311);
}
errors++;
}
}
if(data.controlledDrugRoutes !== undefined){
let data134 = data.controlledDrugRoutes;
if(data134 && typeof data134 == "object" && !Array.isArray(data134)){
if(data134["1"] === undefined){
const err312 = {instancePath:instancePath+"/controlledDrugRoutes",schemaPath:"#/properties/controlledDrugRoutes/required",keyword:"required",params:{missingProperty: "1"},message:"must have required property '"+"1"+"'"};
if(vErrors === null){
vErrors = [err312];
}
else {
vErrors.push(err312);
}
errors++;
}
if(data134["2"] === undefined){
const err313 = {instancePath:instancePath+"/controlledDrugRoutes",schemaPath:"#/properties/controlledDrugRoutes/required",keyword:"required",params:{missingProperty: "2"},message:"must have required property '"+"2"+"'"};
if(vErrors === null){
vErrors = [err313];
}
else {
vErrors.push(err313);
}
errors++;
}
if(data134["3"] === undefined){
const err314 = {instancePath:instancePath+"/controlledDrugRoutes",schemaPath:"#/properties/controlledDrugRoutes/required",keyword:"required",params:{missingProperty: "3"},message:"must have required property '"+"3"+"'"};
if(vErrors === null){
vErrors = [err314];
}
else {
vErrors.push(err314);
}
errors++;
}
for(const key13 in data134){
if(!(((key13 === "1") || (key13 === "2")) || (key13 === "3"))){
const err315 = {instancePath:instancePath+"/controlledDrugRoutes",schemaPath:"#/properties/controlledDrugRoutes/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key13},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err315];
}
else {
vErrors.push(err315);
}
errors++;
}
}
if(data134["1"] !== undefined){
let data135 = data134["1"];
if(typeof data135 === "string"){
if(func3(data135) < 1){
const err316 = {instancePath:instancePath+"/controlledDrugRoutes/1",schemaPath:"#/properties/controlledDrugRoutes/properties/1/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err316];
}
else {
vErrors.push(err316);
}
errors++;
}
}
else {
const err317 = {instancePath:instancePath+"/controlledDrugRoutes/1",schemaPath:"#/properties/controlledDrugRoutes/properties/1/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err317];
}
else {
vErrors.push(err317);
}
errors++;
}
}
if(data134["2"] !== undefined){
let data136 = data134["2"];
if(typeof data136 === "string"){
if(func3(data136) < 1){
const err318 = {instancePath:instancePath+"/controlledDrugRoutes/2",schemaPath:"#/properties/controlledDrugRoutes/properties/2/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err318];
}
else {
vErrors.push(err318);
}
errors++;
}
}
else {
const err319 = {instancePath:instancePath+"/controlledDrugRoutes/2",schemaPath:"#/properties/controlledDrugRoutes/properties/2/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err319];
}
else {
vErrors.push(err319);
}
errors++;
}
}
if(data134["3"] !== undefined){
let data137 = data134["3"];
if(typeof data137 === "string"){
if(func3(data137) < 1){
const err320 = {instancePath:instancePath+"/controlledDrugRoutes/3",schemaPath:"#/properties/controlledDrugRoutes/properties/3/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err320];
}
else {
vErrors.push(err320);
}
errors++;
}
}
else {
const err321 = {instancePath:instancePath+"/controlledDrugRoutes/3",schemaPath:"#/properties/controlledDrugRoutes/properties/3/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err321];
}
else {
vErrors.push(err321);
}
errors++;
}
}
}
else {
const err322 = {instancePath:instancePath+"/controlledDrugRoutes",schemaPath:"#/properties/controlledDrugRoutes/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err322];
}
else {
vErrors.push(err322);
}
errors++;
}
}
if(data.quantityTolerance !== undefined){
let data138 = data.quantityTolerance;
if(data138 && typeof data138 == "object" && !Array.isArray(data138)){
if(data138.refuseBelow === undefined){
const err323 = {instancePath:instancePath+"/quantityTolerance",schemaPath:"#/properties/quantityTolerance/required",keyword:"required",params:{missingProperty: "refuseBelow"},message:"must have required property '"+"refuseBelow"+"'"};
if(vErrors === null){
vErrors = [err323];
}
else {
vErrors.push(err323);
}
errors++;
}
if(data138.warnBelow === undefined){
const err324 = {instancePath:instancePath+"/quantityTolerance",schemaPath:"#/properties/quantityTolerance/required",keyword:"required",params:{missingProperty: "warnBelow"},message:"must have required property '"+"warnBelow"+"'"};
if(vErrors === null){
vErrors = [err324];
}
else {
vErrors.push(err324);
}
errors++;
}
if(data138.warnAbove === undefined){
const err325 = {instancePath:instancePath+"/quantityTolerance",schemaPath:"#/properties/quantityTolerance/required",keyword:"required",params:{missingProperty: "warnAbove"},message:"must have required property '"+"warnAbove"+"'"};
if(vErrors === null){
vErrors = [err325];
}
else {
vErrors.push(err325);
}
errors++;
}
if(data138.refuseAbove === undefined){
const err326 = {instancePath:instancePath+"/quantityTolerance",schemaPath:"#/properties/quantityTolerance/required",keyword:"required",params:{missingProperty: "refuseAbove"},message:"must have required property '"+"refuseAbove"+"'"};
if(vErrors === null){
vErrors = [err326];
}
else {
vErrors.push(err326);
}
errors++;
}
if(data138.spareUnits === undefined){
const err327 = {instancePath:instancePath+"/quantityTolerance",schemaPath:"#/properties/quantityTolerance/required",keyword:"required",params:{missingProperty: "spareUnits"},message:"must have required property '"+"spareUnits"+"'"};
if(vErrors === null){
vErrors = [err327];
}
else {
vErrors.push(err327);
}
errors++;
}
for(const key14 in data138){
if(!(((((key14 === "refuseBelow") || (key14 === "warnBelow")) || (key14 === "warnAbove")) || (key14 === "refuseAbove")) || (key14 === "spareUnits"))){
const err328 = {instancePath:instancePath+"/quantityTolerance",schemaPath:"#/properties/quantityTolerance/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key14},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err328];
}
else {
vErrors.push(err328);
}
errors++;
}
}
if(data138.refuseBelow !== undefined){
let data139 = data138.refuseBelow;
if((typeof data139 == "number") && (isFinite(data139))){
if(data139 <= 0 || isNaN(data139)){
const err329 = {instancePath:instancePath+"/quantityTolerance/refuseBelow",schemaPath:"#/properties/quantityTolerance/properties/refuseBelow/exclusiveMinimum",keyword:"exclusiveMinimum",params:{comparison: ">", limit: 0},message:"must be > 0"};
if(vErrors === null){
vErrors = [err329];
}
else {
vErrors.push(err329);
}
errors++;
}
}
else {
const err330 = {instancePath:instancePath+"/quantityTolerance/refuseBelow",schemaPath:"#/properties/quantityTolerance/properties/refuseBelow/type",keyword:"type",params:{type: "number"},message:"must be number"};
if(vErrors === null){
vErrors = [err330];
}
else {
vErrors.push(err330);
}
errors++;
}
}
if(data138.warnBelow !== undefined){
let data140 = data138.warnBelow;
if((typeof data140 == "number") && (isFinite(data140))){
if(data140 <= 0 || isNaN(data140)){
const err331 = {instancePath:instancePath+"/quantityTolerance/warnBelow",schemaPath:"#/properties/quantityTolerance/properties/warnBelow/exclusiveMinimum",keyword:"exclusiveMinimum",params:{comparison: ">", limit: 0},message:"must be > 0"};
if(vErrors === null){
vErrors = [err331];
}
else {
vErrors.push(err331);
}
errors++;
}
}
else {
const err332 = {instancePath:instancePath+"/quantityTolerance/warnBelow",schemaPath:"#/properties/quantityTolerance/properties/warnBelow/type",keyword:"type",params:{type: "number"},message:"must be number"};
if(vErrors === null){
vErrors = [err332];
}
else {
vErrors.push(err332);
}
errors++;
}
}
if(data138.warnAbove !== undefined){
let data141 = data138.warnAbove;
if((typeof data141 == "number") && (isFinite(data141))){
if(data141 <= 0 || isNaN(data141)){
const err333 = {instancePath:instancePath+"/quantityTolerance/warnAbove",schemaPath:"#/properties/quantityTolerance/properties/warnAbove/exclusiveMinimum",keyword:"exclusiveMinimum",params:{comparison: ">", limit: 0},message:"must be > 0"};
if(vErrors === null){
vErrors = [err333];
}
else {
vErrors.push(err333);
}
errors++;
}
}
else {
const err334 = {instancePath:instancePath+"/quantityTolerance/warnAbove",schemaPath:"#/properties/quantityTolerance/properties/warnAbove/type",keyword:"type",params:{type: "number"},message:"must be number"};
if(vErrors === null){
vErrors = [err334];
}
else {
vErrors.push(err334);
}
errors++;
}
}
if(data138.refuseAbove !== undefined){
let data142 = data138.refuseAbove;
if((typeof data142 == "number") && (isFinite(data142))){
if(data142 <= 0 || isNaN(data142)){
const err335 = {instancePath:instancePath+"/quantityTolerance/refuseAbove",schemaPath:"#/properties/quantityTolerance/properties/refuseAbove/exclusiveMinimum",keyword:"exclusiveMinimum",params:{comparison: ">", limit: 0},message:"must be > 0"};
if(vErrors === null){
vErrors = [err335];
}
else {
vErrors.push(err335);
}
errors++;
}
}
else {
const err336 = {instancePath:instancePath+"/quantityTolerance/refuseAbove",schemaPath:"#/properties/quantityTolerance/properties/refuseAbove/type",keyword:"type",params:{type: "number"},message:"must be number"};
if(vErrors === null){
vErrors = [err336];
}
else {
vErrors.push(err336);
}
errors++;
}
}
if(data138.spareUnits !== undefined){
let data143 = data138.spareUnits;
if((typeof data143 == "number") && (isFinite(data143))){
if(data143 < 0 || isNaN(data143)){
const err337 = {instancePath:instancePath+"/quantityTolerance/spareUnits",schemaPath:"#/properties/quantityTolerance/properties/spareUnits/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0"};
if(vErrors === null){
vErrors = [err337];
}
else {
vErrors.push(err337);
}
errors++;
}
}
else {
const err338 = {instancePath:instancePath+"/quantityTolerance/spareUnits",schemaPath:"#/properties/quantityTolerance/properties/spareUnits/type",keyword:"type",params:{type: "number"},message:"must be number"};
if(vErrors === null){
vErrors = [err338];
}
else {
vErrors.push(err338);
}
errors++;
}
}
}
else {
const err339 = {instancePath:instancePath+"/quantityTolerance",schemaPath:"#/properties/quantityTolerance/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err339];
}
else {
vErrors.push(err339);
}
errors++;
}
}
if(data.intervalTolerance !== undefined){
let data144 = data.intervalTolerance;
if(data144 && typeof data144 == "object" && !Array.isArray(data144)){
if(data144.warnAbove === undefined){
const err340 = {instancePath:instancePath+"/intervalTolerance",schemaPath:"#/properties/intervalTolerance/required",keyword:"required",params:{missingProperty: "warnAbove"},message:"must have required property '"+"warnAbove"+"'"};
if(vErrors === null){
vErrors = [err340];
}
else {
vErrors.push(err340);
}
errors++;
}
if(data144.refuseAbove === undefined){
const err341 = {instancePath:instancePath+"/intervalTolerance",schemaPath:"#/properties/intervalTolerance/required",keyword:"required",params:{missingProperty: "refuseAbove"},message:"must have required property '"+"refuseAbove"+"'"};
if(vErrors === null){
vErrors = [err341];
}
else {
vErrors.push(err341);
}
errors++;
}
for(const key15 in data144){
if(!((key15 === "warnAbove") || (key15 === "refuseAbove"))){
const err342 = {instancePath:instancePath+"/intervalTolerance",schemaPath:"#/properties/intervalTolerance/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key15},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err342];
}
else {
vErrors.push(err342);
}
errors++;
}
}
if(data144.warnAbove !== undefined){
let data145 = data144.warnAbove;
if((typeof data145 == "number") && (isFinite(data145))){
if(data145 < 1 || isNaN(data145)){
const err343 = {instancePath:instancePath+"/intervalTolerance/warnAbove",schemaPath:"#/properties/intervalTolerance/properties/warnAbove/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1"};
if(vErrors === null){
vErrors = [err343];
}
else {
vErrors.push(err343);
}
errors++;
}
}
else {
const err344 = {instancePath:instancePath+"/intervalTolerance/warnAbove",schemaPath:"#/properties/intervalTolerance/properties/warnAbove/type",keyword:"type",params:{type: "number"},message:"must be number"};
if(vErrors === null){
vErrors = [err344];
}
else {
vErrors.push(err344);
}
errors++;
}
}
if(data144.refuseAbove !== undefined){
let data146 = data144.refuseAbove;
if((typeof data146 == "number") && (isFinite(data146))){
if(data146 < 1 || isNaN(data146)){
const err345 = {instancePath:instancePath+"/intervalTolerance/refuseAbove",schemaPath:"#/properties/intervalTolerance/properties/refuseAbove/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1"};
if(vErrors === null){
vErrors = [err345];
}
else {
vErrors.push(err345);
}
errors++;
}
}
else {
const err346 = {instancePath:instancePath+"/intervalTolerance/refuseAbove",schemaPath:"#/properties/intervalTolerance/properties/refuseAbove/type",keyword:"type",params:{type: "number"},message:"must be number"};
if(vErrors === null){
vErrors = [err346];
}
else {
vErrors.push(err346);
}
errors++;
}
}
}
else {
const err347 = {instancePath:instancePath+"/intervalTolerance",schemaPath:"#/properties/intervalTolerance/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err347];
}
else {
vErrors.push(err347);
}
errors++;
}
}
if(data.doseTolerance !== undefined){
let data147 = data.doseTolerance;
if(data147 && typeof data147 == "object" && !Array.isArray(data147)){
if(data147.warnAbove === undefined){
const err348 = {instancePath:instancePath+"/doseTolerance",schemaPath:"#/properties/doseTolerance/required",keyword:"required",params:{missingProperty: "warnAbove"},message:"must have required property '"+"warnAbove"+"'"};
if(vErrors === null){
vErrors = [err348];
}
else {
vErrors.push(err348);
}
errors++;
}
if(data147.refuseAbove === undefined){
const err349 = {instancePath:instancePath+"/doseTolerance",schemaPath:"#/properties/doseTolerance/required",keyword:"required",params:{missingProperty: "refuseAbove"},message:"must have required property '"+"refuseAbove"+"'"};
if(vErrors === null){
vErrors = [err349];
}
else {
vErrors.push(err349);
}
errors++;
}
for(const key16 in data147){
if(!((key16 === "warnAbove") || (key16 === "refuseAbove"))){
const err350 = {instancePath:instancePath+"/doseTolerance",schemaPath:"#/properties/doseTolerance/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key16},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err350];
}
else {
vErrors.push(err350);
}
errors++;
}
}
if(data147.warnAbove !== undefined){
let data148 = data147.warnAbove;
if((typeof data148 == "number") && (isFinite(data148))){
if(data148 < 1 || isNaN(data148)){
const err351 = {instancePath:instancePath+"/doseTolerance/warnAbove",schemaPath:"#/properties/doseTolerance/properties/warnAbove/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1"};
if(vErrors === null){
vErrors = [err351];
}
else {
vErrors.push(err351);
}
errors++;
}
}
else {
const err352 = {instancePath:instancePath+"/doseTolerance/warnAbove",schemaPath:"#/properties/doseTolerance/properties/warnAbove/type",keyword:"type",params:{type: "number"},message:"must be number"};
if(vErrors === null){
vErrors = [err352];
}
else {
vErrors.push(err352);
}
errors++;
}
}
if(data147.refuseAbove !== undefined){
let data149 = data147.refuseAbove;
if((typeof data149 == "number") && (isFinite(data149))){
if(data149 < 1 || isNaN(data149)){
const err353 = {instancePath:instancePath+"/doseTolerance/refuseAbove",schemaPath:"#/properties/doseTolerance/properties/refuseAbove/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1"};
if(vErrors === null){
vErrors = [err353];
}
else {
vErrors.push(err353);
}
errors++;
}
}
else {
const err354 = {instancePath:instancePath+"/doseTolerance/refuseAbove",schemaPath:"#/properties/doseTolerance/properties/refuseAbove/type",keyword:"type",params:{type: "number"},message:"must be number"};
if(vErrors === null){
vErrors = [err354];
}
else {
vErrors.push(err354);
}
errors++;
}
}
}
else {
const err355 = {instancePath:instancePath+"/doseTolerance",schemaPath:"#/properties/doseTolerance/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err355];
}
else {
vErrors.push(err355);
}
errors++;
}
}
if(data.homecarePrescriptionTypes !== undefined){
let data150 = data.homecarePrescriptionTypes;
if(Array.isArray(data150)){
if(data150.length < 1){
const err356 = {instancePath:instancePath+"/homecarePrescriptionTypes",schemaPath:"#/properties/homecarePrescriptionTypes/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"};
if(vErrors === null){
vErrors = [err356];
}
else {
vErrors.push(err356);
}
errors++;
}
const len51 = data150.length;
for(let i51=0; i51<len51; i51++){
let data151 = data150[i51];
if(typeof data151 === "string"){
if(!pattern29.test(data151)){
const err357 = {instancePath:instancePath+"/homecarePrescriptionTypes/" + i51,schemaPath:"#/properties/homecarePrescriptionTypes/items/pattern",keyword:"pattern",params:{pattern: "^\\d{4}$"},message:"must match pattern \""+"^\\d{4}$"+"\""};
if(vErrors === null){
vErrors = [err357];
}
else {
vErrors.push(err357);
}
errors++;
}
}
else {
const err358 = {instancePath:instancePath+"/homecarePrescriptionTypes/" + i51,schemaPath:"#/properties/homecarePrescriptionTypes/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err358];
}
else {
vErrors.push(err358);
}
errors++;
}
}
}
else {
const err359 = {instancePath:instancePath+"/homecarePrescriptionTypes",schemaPath:"#/properties/homecarePrescriptionTypes/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err359];
}
else {
vErrors.push(err359);
}
errors++;
}
}
}
else {
const err360 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err360];
}
else {
vErrors.push(err360);
}
errors++;
}
validate10.errors = vErrors;
return errors === 0;
}

return module.exports;
};
exports["a0ae3d2642f1bd63903f6a5bfbd74404"] = function isStatisticsTable() {
const module = {};
"use strict";
module.exports = validate10;
module.exports.default = validate10;
const schema11 = {"type":"object","required":["version","suppressBelow","states","figures"],"additionalProperties":false,"properties":{"description":{"type":"string","minLength":1},"version":{"type":"string","minLength":1},"suppressBelow":{"type":"integer","minimum":5},"states":{"type":"array","items":{"type":"string","minLength":1},"minItems":1},"figures":{"type":"array","minItems":1,"items":{"type":"object","required":["code","title","of"],"additionalProperties":false,"properties":{"code":{"type":"string","pattern":"^[a-z-]+$"},"title":{"type":"string","minLength":1},"of":{"type":"array","items":{"type":"string","minLength":1},"minItems":1},"having":{"type":"array","items":{"type":"string","minLength":1},"minItems":1},"lacking":{"type":"array","items":{"type":"string","minLength":1},"minItems":1}}}}}};
const func2 = require("ajv/dist/runtime/ucs2length").default;
const pattern0 = new RegExp("^[a-z-]+$", "u");

function validate10(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.version === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "version"},message:"must have required property '"+"version"+"'"};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
if(data.suppressBelow === undefined){
const err1 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "suppressBelow"},message:"must have required property '"+"suppressBelow"+"'"};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
if(data.states === undefined){
const err2 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "states"},message:"must have required property '"+"states"+"'"};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
if(data.figures === undefined){
const err3 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "figures"},message:"must have required property '"+"figures"+"'"};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
for(const key0 in data){
if(!(((((key0 === "description") || (key0 === "version")) || (key0 === "suppressBelow")) || (key0 === "states")) || (key0 === "figures"))){
const err4 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
if(data.description !== undefined){
let data0 = data.description;
if(typeof data0 === "string"){
if(func2(data0) < 1){
const err5 = {instancePath:instancePath+"/description",schemaPath:"#/properties/description/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
else {
const err6 = {instancePath:instancePath+"/description",schemaPath:"#/properties/description/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
if(data.version !== undefined){
let data1 = data.version;
if(typeof data1 === "string"){
if(func2(data1) < 1){
const err7 = {instancePath:instancePath+"/version",schemaPath:"#/properties/version/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
}
else {
const err8 = {instancePath:instancePath+"/version",schemaPath:"#/properties/version/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
if(data.suppressBelow !== undefined){
let data2 = data.suppressBelow;
if(!(((typeof data2 == "number") && (!(data2 % 1) && !isNaN(data2))) && (isFinite(data2)))){
const err9 = {instancePath:instancePath+"/suppressBelow",schemaPath:"#/properties/suppressBelow/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
if((typeof data2 == "number") && (isFinite(data2))){
if(data2 < 5 || isNaN(data2)){
const err10 = {instancePath:instancePath+"/suppressBelow",schemaPath:"#/properties/suppressBelow/minimum",keyword:"minimum",params:{comparison: ">=", limit: 5},message:"must be >= 5"};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
}
}
if(data.states !== undefined){
let data3 = data.states;
if(Array.isArray(data3)){
if(data3.length < 1){
const err11 = {instancePath:instancePath+"/states",schemaPath:"#/properties/states/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
const len0 = data3.length;
for(let i0=0; i0<len0; i0++){
let data4 = data3[i0];
if(typeof data4 === "string"){
if(func2(data4) < 1){
const err12 = {instancePath:instancePath+"/states/" + i0,schemaPath:"#/properties/states/items/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
}
else {
const err13 = {instancePath:instancePath+"/states/" + i0,schemaPath:"#/properties/states/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
}
}
else {
const err14 = {instancePath:instancePath+"/states",schemaPath:"#/properties/states/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
}
if(data.figures !== undefined){
let data5 = data.figures;
if(Array.isArray(data5)){
if(data5.length < 1){
const err15 = {instancePath:instancePath+"/figures",schemaPath:"#/properties/figures/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
const len1 = data5.length;
for(let i1=0; i1<len1; i1++){
let data6 = data5[i1];
if(data6 && typeof data6 == "object" && !Array.isArray(data6)){
if(data6.code === undefined){
const err16 = {instancePath:instancePath+"/figures/" + i1,schemaPath:"#/properties/figures/items/required",keyword:"required",params:{missingProperty: "code"},message:"must have required property '"+"code"+"'"};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
if(data6.title === undefined){
const err17 = {instancePath:instancePath+"/figures/" + i1,schemaPath:"#/properties/figures/items/required",keyword:"required",params:{missingProperty: "title"},message:"must have required property '"+"title"+"'"};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
if(data6.of === undefined){
const err18 = {instancePath:instancePath+"/figures/" + i1,schemaPath:"#/properties/figures/items/required",keyword:"required",params:{missingProperty: "of"},message:"must have required property '"+"of"+"'"};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
for(const key1 in data6){
if(!(((((key1 === "code") || (key1 === "title")) || (key1 === "of")) || (key1 === "having")) || (key1 === "lacking"))){
const err19 = {instancePath:instancePath+"/figures/" + i1,schemaPath:"#/properties/figures/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key1},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
}
if(data6.code !== undefined){
let data7 = data6.code;
if(typeof data7 === "string"){
if(!pattern0.test(data7)){
const err20 = {instancePath:instancePath+"/figures/" + i1+"/code",schemaPath:"#/properties/figures/items/properties/code/pattern",keyword:"pattern",params:{pattern: "^[a-z-]+$"},message:"must match pattern \""+"^[a-z-]+$"+"\""};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
}
else {
const err21 = {instancePath:instancePath+"/figures/" + i1+"/code",schemaPath:"#/properties/figures/items/properties/code/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
}
if(data6.title !== undefined){
let data8 = data6.title;
if(typeof data8 === "string"){
if(func2(data8) < 1){
const err22 = {instancePath:instancePath+"/figures/" + i1+"/title",schemaPath:"#/properties/figures/items/properties/title/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
}
else {
const err23 = {instancePath:instancePath+"/figures/" + i1+"/title",schemaPath:"#/properties/figures/items/properties/title/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
}
if(data6.of !== undefined){
let data9 = data6.of;
if(Array.isArray(data9)){
if(data9.length < 1){
const err24 = {instancePath:instancePath+"/figures/" + i1+"/of",schemaPath:"#/properties/figures/items/properties/of/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
const len2 = data9.length;
for(let i2=0; i2<len2; i2++){
let data10 = data9[i2];
if(typeof data10 === "string"){
if(func2(data10) < 1){
const err25 = {instancePath:instancePath+"/figures/" + i1+"/of/" + i2,schemaPath:"#/properties/figures/items/properties/of/items/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err25];
}
else {
vErrors.push(err25);
}
errors++;
}
}
else {
const err26 = {instancePath:instancePath+"/figures/" + i1+"/of/" + i2,schemaPath:"#/properties/figures/items/properties/of/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err26];
}
else {
vErrors.push(err26);
}
errors++;
}
}
}
else {
const err27 = {instancePath:instancePath+"/figures/" + i1+"/of",schemaPath:"#/properties/figures/items/properties/of/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err27];
}
else {
vErrors.push(err27);
}
errors++;
}
}
if(data6.having !== undefined){
let data11 = data6.having;
if(Array.isArray(data11)){
if(data11.length < 1){
const err28 = {instancePath:instancePath+"/figures/" + i1+"/having",schemaPath:"#/properties/figures/items/properties/having/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"};
if(vErrors === null){
vErrors = [err28];
}
else {
vErrors.push(err28);
}
errors++;
}
const len3 = data11.length;
for(let i3=0; i3<len3; i3++){
let data12 = data11[i3];
if(typeof data12 === "string"){
if(func2(data12) < 1){
const err29 = {instancePath:instancePath+"/figures/" + i1+"/having/" + i3,schemaPath:"#/properties/figures/items/properties/having/items/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err29];
}
else {
vErrors.push(err29);
}
errors++;
}
}
else {
const err30 = {instancePath:instancePath+"/figures/" + i1+"/having/" + i3,schemaPath:"#/properties/figures/items/properties/having/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err30];
}
else {
vErrors.push(err30);
}
errors++;
}
}
}
else {
const err31 = {instancePath:instancePath+"/figures/" + i1+"/having",schemaPath:"#/properties/figures/items/properties/having/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err31];
}
else {
vErrors.push(err31);
}
errors++;
}
}
if(data6.lacking !== undefined){
let data13 = data6.lacking;
if(Array.isArray(data13)){
if(data13.length < 1){
const err32 = {instancePath:instancePath+"/figures/" + i1+"/lacking",schemaPath:"#/properties/figures/items/properties/lacking/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"};
if(vErrors === null){
vErrors = [err32];
}
else {
vErrors.push(err32);
}
errors++;
}
const len4 = data13.length;
for(let i4=0; i4<len4; i4++){
let data14 = data13[i4];
if(typeof data14 === "string"){
if(func2(data14) < 1){
const err33 = {instancePath:instancePath+"/figures/" + i1+"/lacking/" + i4,schemaPath:"#/properties/figures/items/properties/lacking/items/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err33];
}
else {
vErrors.push(err33);
}
errors++;
}
}
else {
const err34 = {instancePath:instancePath+"/figures/" + i1+"/lacking/" + i4,schemaPath:"#/properties/figures/items/properties/lacking/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err34];
}
else {
vErrors.push(err34);
}
errors++;
}
}
}
else {
const err35 = {instancePath:instancePath+"/figures/" + i1+"/lacking",schemaPath:"#/properties/figures/items/properties/lacking/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err35];
}
else {
vErrors.push(err35);
}
errors++;
}
}
}
else {
const err36 = {instancePath:instancePath+"/figures/" + i1,schemaPath:"#/properties/figures/items/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err36];
}
else {
vErrors.push(err36);
}
errors++;
}
}
}
else {
const err37 = {instancePath:instancePath+"/figures",schemaPath:"#/properties/figures/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err37];
}
else {
vErrors.push(err37);
}
errors++;
}
}
}
else {
const err38 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err38];
}
else {
vErrors.push(err38);
}
errors++;
}
validate10.errors = vErrors;
return errors === 0;
}

return module.exports;
};
exports["622fec17d50db2109b0f996b63a6c0ab"] = function isClientsFile() {
const module = {};
"use strict";
module.exports = validate10;
module.exports.default = validate10;
const schema11 = {"type":"object","additionalProperties":false,"required":["clients"],"properties":{"clients":{"type":"array","items":{"type":"object","additionalProperties":false,"required":["id","organization","role","scope"],"oneOf":[{"required":["jwks"]},{"required":["jwksUrl"]}],"properties":{"id":{"type":"string","pattern":"^[A-Za-z0-9._~-]{1,64}$"},"name":{"type":"string","minLength":1},"organization":{"type":"string","pattern":"^[A-Z0-9]{2,12}$"},"role":{"enum":["trust","pharmacist","provider","logistics","observer","manufacturer","tester"]},"scope":{"type":"string","minLength":1},"jwks":{"type":"object","required":["keys"]},"jwksUrl":{"type":"string","pattern":"^(https://|http://(127\\.[0-9.]+|localhost|\\[::1\\])[:/])"},"certificate":{"type":"string","pattern":"^[A-Za-z0-9_-]{43}$"}}}}}};
const pattern0 = new RegExp("^[A-Za-z0-9._~-]{1,64}$", "u");
const pattern1 = new RegExp("^[A-Z0-9]{2,12}$", "u");
const pattern2 = new RegExp("^(https://|http://(127\\.[0-9.]+|localhost|\\[::1\\])[:/])", "u");
const pattern3 = new RegExp("^[A-Za-z0-9_-]{43}$", "u");
const func2 = require("ajv/dist/runtime/ucs2length").default;

function validate10(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.clients === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "clients"},message:"must have required property '"+"clients"+"'"};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
for(const key0 in data){
if(!(key0 === "clients")){
const err1 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
}
if(data.clients !== undefined){
let data0 = data.clients;
if(Array.isArray(data0)){
const len0 = data0.length;
for(let i0=0; i0<len0; i0++){
let data1 = data0[i0];
const _errs6 = errors;
let valid3 = false;
let passing0 = null;
const _errs7 = errors;
if(data1 && typeof data1 == "object" && !Array.isArray(data1)){
if(data1.jwks === undefined){
const err2 = {instancePath:instancePath+"/clients/" + i0,schemaPath:"#/properties/clients/items/oneOf/0/required",keyword:"required",params:{missingProperty: "jwks"},message:"must have required property '"+"jwks"+"'"};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
var _valid0 = _errs7 === errors;
if(_valid0){
valid3 = true;
passing0 = 0;
}
const _errs8 = errors;
if(data1 && typeof data1 == "object" && !Array.isArray(data1)){
if(data1.jwksUrl === undefined){
const err3 = {instancePath:instancePath+"/clients/" + i0,schemaPath:"#/properties/clients/items/oneOf/1/required",keyword:"required",params:{missingProperty: "jwksUrl"},message:"must have required property '"+"jwksUrl"+"'"};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
}
var _valid0 = _errs8 === errors;
if(_valid0 && valid3){
valid3 = false;
passing0 = [passing0, 1];
}
else {
if(_valid0){
valid3 = true;
passing0 = 1;
}
}
if(!valid3){
const err4 = {instancePath:instancePath+"/clients/" + i0,schemaPath:"#/properties/clients/items/oneOf",keyword:"oneOf",params:{passingSchemas: passing0},message:"must match exactly one schema in oneOf"};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
else {
errors = _errs6;
if(vErrors !== null){
if(_errs6){
vErrors.length = _errs6;
}
else {
vErrors = null;
}
}
}
if(data1 && typeof data1 == "object" && !Array.isArray(data1)){
if(data1.id === undefined){
const err5 = {instancePath:instancePath+"/clients/" + i0,schemaPath:"#/properties/clients/items/required",keyword:"required",params:{missingProperty: "id"},message:"must have required property '"+"id"+"'"};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
if(data1.organization === undefined){
const err6 = {instancePath:instancePath+"/clients/" + i0,schemaPath:"#/properties/clients/items/required",keyword:"required",params:{missingProperty: "organization"},message:"must have required property '"+"organization"+"'"};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
if(data1.role === undefined){
const err7 = {instancePath:instancePath+"/clients/" + i0,schemaPath:"#/properties/clients/items/required",keyword:"required",params:{missingProperty: "role"},message:"must have required property '"+"role"+"'"};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
if(data1.scope === undefined){
const err8 = {instancePath:instancePath+"/clients/" + i0,schemaPath:"#/properties/clients/items/required",keyword:"required",params:{missingProperty: "scope"},message:"must have required property '"+"scope"+"'"};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
for(const key1 in data1){
if(!((((((((key1 === "id") || (key1 === "name")) || (key1 === "organization")) || (key1 === "role")) || (key1 === "scope")) || (key1 === "jwks")) || (key1 === "jwksUrl")) || (key1 === "certificate"))){
const err9 = {instancePath:instancePath+"/clients/" + i0,schemaPath:"#/properties/clients/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key1},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
}
if(data1.id !== undefined){
let data2 = data1.id;
if(typeof data2 === "string"){
if(!pattern0.test(data2)){
const err10 = {instancePath:instancePath+"/clients/" + i0+"/id",schemaPath:"#/properties/clients/items/properties/id/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9._~-]{1,64}$"},message:"must match pattern \""+"^[A-Za-z0-9._~-]{1,64}$"+"\""};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
}
else {
const err11 = {instancePath:instancePath+"/clients/" + i0+"/id",schemaPath:"#/properties/clients/items/properties/id/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
}
if(data1.name !== undefined){
let data3 = data1.name;
if(typeof data3 === "string"){
if(func2(data3) < 1){
const err12 = {instancePath:instancePath+"/clients/" + i0+"/name",schemaPath:"#/properties/clients/items/properties/name/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
}
else {
const err13 = {instancePath:instancePath+"/clients/" + i0+"/name",schemaPath:"#/properties/clients/items/properties/name/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
}
if(data1.organization !== undefined){
let data4 = data1.organization;
if(typeof data4 === "string"){
if(!pattern1.test(data4)){
const err14 = {instancePath:instancePath+"/clients/" + i0+"/organization",schemaPath:"#/properties/clients/items/properties/organization/pattern",keyword:"pattern",params:{pattern: "^[A-Z0-9]{2,12}$"},message:"must match pattern \""+"^[A-Z0-9]{2,12}$"+"\""};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
}
else {
const err15 = {instancePath:instancePath+"/clients/" + i0+"/organization",schemaPath:"#/properties/clients/items/properties/organization/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
}
if(data1.role !== undefined){
let data5 = data1.role;
if(!(((((((data5 === "trust") || (data5 === "pharmacist")) || (data5 === "provider")) || (data5 === "logistics")) || (data5 === "observer")) || (data5 === "manufacturer")) || (data5 === "tester"))){
const err16 = {instancePath:instancePath+"/clients/" + i0+"/role",schemaPath:"#/properties/clients/items/properties/role/enum",keyword:"enum",params:{allowedValues: schema11.properties.clients.items.properties.role.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
}
if(data1.scope !== undefined){
let data6 = data1.scope;
if(typeof data6 === "string"){
if(func2(data6) < 1){
const err17 = {instancePath:instancePath+"/clients/" + i0+"/scope",schemaPath:"#/properties/clients/items/properties/scope/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
}
else {
const err18 = {instancePath:instancePath+"/clients/" + i0+"/scope",schemaPath:"#/properties/clients/items/properties/scope/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
}
if(data1.jwks !== undefined){
let data7 = data1.jwks;
if(data7 && typeof data7 == "object" && !Array.isArray(data7)){
if(data7.keys === undefined){
const err19 = {instancePath:instancePath+"/clients/" + i0+"/jwks",schemaPath:"#/properties/clients/items/properties/jwks/required",keyword:"required",params:{missingProperty: "keys"},message:"must have required property '"+"keys"+"'"};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
}
else {
const err20 = {instancePath:instancePath+"/clients/" + i0+"/jwks",schemaPath:"#/properties/clients/items/properties/jwks/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
}
if(data1.jwksUrl !== undefined){
let data8 = data1.jwksUrl;
if(typeof data8 === "string"){
if(!pattern2.test(data8)){
const err21 = {instancePath:instancePath+"/clients/" + i0+"/jwksUrl",schemaPath:"#/properties/clients/items/properties/jwksUrl/pattern",keyword:"pattern",params:{pattern: "^(https://|http://(127\\.[0-9.]+|localhost|\\[::1\\])[:/])"},message:"must match pattern \""+"^(https://|http://(127\\.[0-9.]+|localhost|\\[::1\\])[:/])"+"\""};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
}
else {
const err22 = {instancePath:instancePath+"/clients/" + i0+"/jwksUrl",schemaPath:"#/properties/clients/items/properties/jwksUrl/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
}
if(data1.certificate !== undefined){
let data9 = data1.certificate;
if(typeof data9 === "string"){
if(!pattern3.test(data9)){
const err23 = {instancePath:instancePath+"/clients/" + i0+"/certificate",schemaPath:"#/properties/clients/items/properties/certificate/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9_-]{43}$"},message:"must match pattern \""+"^[A-Za-z0-9_-]{43}$"+"\""};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
}
else {
const err24 = {instancePath:instancePath+"/clients/" + i0+"/certificate",schemaPath:"#/properties/clients/items/properties/certificate/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
}
}
else {
const err25 = {instancePath:instancePath+"/clients/" + i0,schemaPath:"#/properties/clients/items/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err25];
}
else {
vErrors.push(err25);
}
errors++;
}
}
}
else {
const err26 = {instancePath:instancePath+"/clients",schemaPath:"#/properties/clients/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err26];
}
else {
vErrors.push(err26);
}
errors++;
}
}
}
else {
const err27 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err27];
}
else {
vErrors.push(err27);
}
errors++;
}
validate10.errors = vErrors;
return errors === 0;
}

return module.exports;
};
exports["ceac604654b4dee5febc2f74af8e559e"] = function isIssuersFile() {
const module = {};
"use strict";
module.exports = validate10;
module.exports.default = validate10;
const schema11 = {"type":"array","minItems":1,"items":{"type":"object","additionalProperties":false,"required":["issuer","audience"],"oneOf":[{"required":["jwksUrl"]},{"required":["jwks"]}],"properties":{"issuer":{"type":"string","minLength":1},"audience":{"type":"array","items":{"type":"string","minLength":1},"minItems":1,"uniqueItems":true},"jwksUrl":{"type":"string","pattern":"^(https://|http://(127\\.[0-9.]+|localhost|\\[::1\\])[:/])"},"jwks":{"type":"object","required":["keys"]},"tokenUrl":{"type":"string","pattern":"^https?://"},"algorithms":{"type":"array","items":{"enum":["RS256","RS384","RS512","PS256","PS384","PS512","ES256","ES384","ES512","EdDSA"]},"minItems":1},"organizationClaim":{"type":"string","minLength":1},"roleClaim":{"type":"string","minLength":1},"scopeClaim":{"type":"string","minLength":1},"roleNames":{"type":"object","additionalProperties":{"enum":["trust","pharmacist","provider","logistics","observer","manufacturer","tester"]}},"roles":{"type":"array","items":{"enum":["trust","pharmacist","provider","logistics","observer","manufacturer","tester"]},"minItems":1},"organizations":{"type":"array","items":{"type":"string","pattern":"^[A-Z0-9]{2,12}$"},"minItems":1},"maxLifetime":{"type":"integer","minimum":1,"maximum":86400},"jti":{"const":"required"},"uses":{"type":"integer","minimum":1,"maximum":100},"certificateBound":{"type":"boolean"}},"dependencies":{"uses":["jti"]}}};
const func2 = Object.prototype.hasOwnProperty;
const func3 = require("ajv/dist/runtime/ucs2length").default;
const pattern0 = new RegExp("^(https://|http://(127\\.[0-9.]+|localhost|\\[::1\\])[:/])", "u");
const pattern1 = new RegExp("^https?://", "u");
const pattern2 = new RegExp("^[A-Z0-9]{2,12}$", "u");

function validate10(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(Array.isArray(data)){
if(data.length < 1){
const err0 = {instancePath,schemaPath:"#/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
const len0 = data.length;
for(let i0=0; i0<len0; i0++){
let data0 = data[i0];
const _errs3 = errors;
let valid2 = false;
let passing0 = null;
const _errs4 = errors;
if(data0 && typeof data0 == "object" && !Array.isArray(data0)){
if(data0.jwksUrl === undefined){
const err1 = {instancePath:instancePath+"/" + i0,schemaPath:"#/items/oneOf/0/required",keyword:"required",params:{missingProperty: "jwksUrl"},message:"must have required property '"+"jwksUrl"+"'"};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
}
var _valid0 = _errs4 === errors;
if(_valid0){
valid2 = true;
passing0 = 0;
}
const _errs5 = errors;
if(data0 && typeof data0 == "object" && !Array.isArray(data0)){
if(data0.jwks === undefined){
const err2 = {instancePath:instancePath+"/" + i0,schemaPath:"#/items/oneOf/1/required",keyword:"required",params:{missingProperty: "jwks"},message:"must have required property '"+"jwks"+"'"};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
var _valid0 = _errs5 === errors;
if(_valid0 && valid2){
valid2 = false;
passing0 = [passing0, 1];
}
else {
if(_valid0){
valid2 = true;
passing0 = 1;
}
}
if(!valid2){
const err3 = {instancePath:instancePath+"/" + i0,schemaPath:"#/items/oneOf",keyword:"oneOf",params:{passingSchemas: passing0},message:"must match exactly one schema in oneOf"};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
else {
errors = _errs3;
if(vErrors !== null){
if(_errs3){
vErrors.length = _errs3;
}
else {
vErrors = null;
}
}
}
if(data0 && typeof data0 == "object" && !Array.isArray(data0)){
if(data0.issuer === undefined){
const err4 = {instancePath:instancePath+"/" + i0,schemaPath:"#/items/required",keyword:"required",params:{missingProperty: "issuer"},message:"must have required property '"+"issuer"+"'"};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
if(data0.audience === undefined){
const err5 = {instancePath:instancePath+"/" + i0,schemaPath:"#/items/required",keyword:"required",params:{missingProperty: "audience"},message:"must have required property '"+"audience"+"'"};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
for(const key0 in data0){
if(!(func2.call(schema11.items.properties, key0))){
const err6 = {instancePath:instancePath+"/" + i0,schemaPath:"#/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
if(data0.uses !== undefined){
if(data0.jti === undefined){
const err7 = {instancePath:instancePath+"/" + i0,schemaPath:"#/items/dependencies",keyword:"dependencies",params:{property: "uses",
    missingProperty: "jti",
    depsCount: 1,
    deps: "jti"},message:"must have property jti when property uses is present"};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
}
if(data0.issuer !== undefined){
let data1 = data0.issuer;
if(typeof data1 === "string"){
if(func3(data1) < 1){
const err8 = {instancePath:instancePath+"/" + i0+"/issuer",schemaPath:"#/items/properties/issuer/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
else {
const err9 = {instancePath:instancePath+"/" + i0+"/issuer",schemaPath:"#/items/properties/issuer/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
}
if(data0.audience !== undefined){
let data2 = data0.audience;
if(Array.isArray(data2)){
if(data2.length < 1){
const err10 = {instancePath:instancePath+"/" + i0+"/audience",schemaPath:"#/items/properties/audience/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
const len1 = data2.length;
for(let i1=0; i1<len1; i1++){
let data3 = data2[i1];
if(typeof data3 === "string"){
if(func3(data3) < 1){
const err11 = {instancePath:instancePath+"/" + i0+"/audience/" + i1,schemaPath:"#/items/properties/audience/items/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
}
else {
const err12 = {instancePath:instancePath+"/" + i0+"/audience/" + i1,schemaPath:"#/items/properties/audience/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
}
let i2 = data2.length;
let j0;
if(i2 > 1){
const indices0 = {};
for(;i2--;){
let item0 = data2[i2];
if(typeof item0 !== "string"){
continue;
}
if(typeof indices0[item0] == "number"){
j0 = indices0[item0];
const err13 = {instancePath:instancePath+"/" + i0+"/audience",schemaPath:"#/items/properties/audience/uniqueItems",keyword:"uniqueItems",params:{i: i2, j: j0},message:"must NOT have duplicate items (items ## "+j0+" and "+i2+" are identical)"};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
break;
}
indices0[item0] = i2;
}
}
}
else {
const err14 = {instancePath:instancePath+"/" + i0+"/audience",schemaPath:"#/items/properties/audience/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
}
if(data0.jwksUrl !== undefined){
let data4 = data0.jwksUrl;
if(typeof data4 === "string"){
if(!pattern0.test(data4)){
const err15 = {instancePath:instancePath+"/" + i0+"/jwksUrl",schemaPath:"#/items/properties/jwksUrl/pattern",keyword:"pattern",params:{pattern: "^(https://|http://(127\\.[0-9.]+|localhost|\\[::1\\])[:/])"},message:"must match pattern \""+"^(https://|http://(127\\.[0-9.]+|localhost|\\[::1\\])[:/])"+"\""};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
}
else {
const err16 = {instancePath:instancePath+"/" + i0+"/jwksUrl",schemaPath:"#/items/properties/jwksUrl/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
}
if(data0.jwks !== undefined){
let data5 = data0.jwks;
if(data5 && typeof data5 == "object" && !Array.isArray(data5)){
if(data5.keys === undefined){
const err17 = {instancePath:instancePath+"/" + i0+"/jwks",schemaPath:"#/items/properties/jwks/required",keyword:"required",params:{missingProperty: "keys"},message:"must have required property '"+"keys"+"'"};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
}
else {
const err18 = {instancePath:instancePath+"/" + i0+"/jwks",schemaPath:"#/items/properties/jwks/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
}
if(data0.tokenUrl !== undefined){
let data6 = data0.tokenUrl;
if(typeof data6 === "string"){
if(!pattern1.test(data6)){
const err19 = {instancePath:instancePath+"/" + i0+"/tokenUrl",schemaPath:"#/items/properties/tokenUrl/pattern",keyword:"pattern",params:{pattern: "^https?://"},message:"must match pattern \""+"^https?://"+"\""};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
}
else {
const err20 = {instancePath:instancePath+"/" + i0+"/tokenUrl",schemaPath:"#/items/properties/tokenUrl/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
}
if(data0.algorithms !== undefined){
let data7 = data0.algorithms;
if(Array.isArray(data7)){
if(data7.length < 1){
const err21 = {instancePath:instancePath+"/" + i0+"/algorithms",schemaPath:"#/items/properties/algorithms/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
const len2 = data7.length;
for(let i3=0; i3<len2; i3++){
let data8 = data7[i3];
if(!((((((((((data8 === "RS256") || (data8 === "RS384")) || (data8 === "RS512")) || (data8 === "PS256")) || (data8 === "PS384")) || (data8 === "PS512")) || (data8 === "ES256")) || (data8 === "ES384")) || (data8 === "ES512")) || (data8 === "EdDSA"))){
const err22 = {instancePath:instancePath+"/" + i0+"/algorithms/" + i3,schemaPath:"#/items/properties/algorithms/items/enum",keyword:"enum",params:{allowedValues: schema11.items.properties.algorithms.items.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
}
}
else {
const err23 = {instancePath:instancePath+"/" + i0+"/algorithms",schemaPath:"#/items/properties/algorithms/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
}
if(data0.organizationClaim !== undefined){
let data9 = data0.organizationClaim;
if(typeof data9 === "string"){
if(func3(data9) < 1){
const err24 = {instancePath:instancePath+"/" + i0+"/organizationClaim",schemaPath:"#/items/properties/organizationClaim/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
}
else {
const err25 = {instancePath:instancePath+"/" + i0+"/organizationClaim",schemaPath:"#/items/properties/organizationClaim/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err25];
}
else {
vErrors.push(err25);
}
errors++;
}
}
if(data0.roleClaim !== undefined){
let data10 = data0.roleClaim;
if(typeof data10 === "string"){
if(func3(data10) < 1){
const err26 = {instancePath:instancePath+"/" + i0+"/roleClaim",schemaPath:"#/items/properties/roleClaim/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err26];
}
else {
vErrors.push(err26);
}
errors++;
}
}
else {
const err27 = {instancePath:instancePath+"/" + i0+"/roleClaim",schemaPath:"#/items/properties/roleClaim/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err27];
}
else {
vErrors.push(err27);
}
errors++;
}
}
if(data0.scopeClaim !== undefined){
let data11 = data0.scopeClaim;
if(typeof data11 === "string"){
if(func3(data11) < 1){
const err28 = {instancePath:instancePath+"/" + i0+"/scopeClaim",schemaPath:"#/items/properties/scopeClaim/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err28];
}
else {
vErrors.push(err28);
}
errors++;
}
}
else {
const err29 = {instancePath:instancePath+"/" + i0+"/scopeClaim",schemaPath:"#/items/properties/scopeClaim/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err29];
}
else {
vErrors.push(err29);
}
errors++;
}
}
if(data0.roleNames !== undefined){
let data12 = data0.roleNames;
if(data12 && typeof data12 == "object" && !Array.isArray(data12)){
for(const key1 in data12){
let data13 = data12[key1];
if(!(((((((data13 === "trust") || (data13 === "pharmacist")) || (data13 === "provider")) || (data13 === "logistics")) || (data13 === "observer")) || (data13 === "manufacturer")) || (data13 === "tester"))){
const err30 = {instancePath:instancePath+"/" + i0+"/roleNames/" + key1.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/items/properties/roleNames/additionalProperties/enum",keyword:"enum",params:{allowedValues: schema11.items.properties.roleNames.additionalProperties.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err30];
}
else {
vErrors.push(err30);
}
errors++;
}
}
}
else {
const err31 = {instancePath:instancePath+"/" + i0+"/roleNames",schemaPath:"#/items/properties/roleNames/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err31];
}
else {
vErrors.push(err31);
}
errors++;
}
}
if(data0.roles !== undefined){
let data14 = data0.roles;
if(Array.isArray(data14)){
if(data14.length < 1){
const err32 = {instancePath:instancePath+"/" + i0+"/roles",schemaPath:"#/items/properties/roles/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"};
if(vErrors === null){
vErrors = [err32];
}
else {
vErrors.push(err32);
}
errors++;
}
const len3 = data14.length;
for(let i4=0; i4<len3; i4++){
let data15 = data14[i4];
if(!(((((((data15 === "trust") || (data15 === "pharmacist")) || (data15 === "provider")) || (data15 === "logistics")) || (data15 === "observer")) || (data15 === "manufacturer")) || (data15 === "tester"))){
const err33 = {instancePath:instancePath+"/" + i0+"/roles/" + i4,schemaPath:"#/items/properties/roles/items/enum",keyword:"enum",params:{allowedValues: schema11.items.properties.roles.items.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err33];
}
else {
vErrors.push(err33);
}
errors++;
}
}
}
else {
const err34 = {instancePath:instancePath+"/" + i0+"/roles",schemaPath:"#/items/properties/roles/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err34];
}
else {
vErrors.push(err34);
}
errors++;
}
}
if(data0.organizations !== undefined){
let data16 = data0.organizations;
if(Array.isArray(data16)){
if(data16.length < 1){
const err35 = {instancePath:instancePath+"/" + i0+"/organizations",schemaPath:"#/items/properties/organizations/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"};
if(vErrors === null){
vErrors = [err35];
}
else {
vErrors.push(err35);
}
errors++;
}
const len4 = data16.length;
for(let i5=0; i5<len4; i5++){
let data17 = data16[i5];
if(typeof data17 === "string"){
if(!pattern2.test(data17)){
const err36 = {instancePath:instancePath+"/" + i0+"/organizations/" + i5,schemaPath:"#/items/properties/organizations/items/pattern",keyword:"pattern",params:{pattern: "^[A-Z0-9]{2,12}$"},message:"must match pattern \""+"^[A-Z0-9]{2,12}$"+"\""};
if(vErrors === null){
vErrors = [err36];
}
else {
vErrors.push(err36);
}
errors++;
}
}
else {
const err37 = {instancePath:instancePath+"/" + i0+"/organizations/" + i5,schemaPath:"#/items/properties/organizations/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err37];
}
else {
vErrors.push(err37);
}
errors++;
}
}
}
else {
const err38 = {instancePath:instancePath+"/" + i0+"/organizations",schemaPath:"#/items/properties/organizations/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err38];
}
else {
vErrors.push(err38);
}
errors++;
}
}
if(data0.maxLifetime !== undefined){
let data18 = data0.maxLifetime;
if(!(((typeof data18 == "number") && (!(data18 % 1) && !isNaN(data18))) && (isFinite(data18)))){
const err39 = {instancePath:instancePath+"/" + i0+"/maxLifetime",schemaPath:"#/items/properties/maxLifetime/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err39];
}
else {
vErrors.push(err39);
}
errors++;
}
if((typeof data18 == "number") && (isFinite(data18))){
if(data18 > 86400 || isNaN(data18)){
const err40 = {instancePath:instancePath+"/" + i0+"/maxLifetime",schemaPath:"#/items/properties/maxLifetime/maximum",keyword:"maximum",params:{comparison: "<=", limit: 86400},message:"must be <= 86400"};
if(vErrors === null){
vErrors = [err40];
}
else {
vErrors.push(err40);
}
errors++;
}
if(data18 < 1 || isNaN(data18)){
const err41 = {instancePath:instancePath+"/" + i0+"/maxLifetime",schemaPath:"#/items/properties/maxLifetime/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1"};
if(vErrors === null){
vErrors = [err41];
}
else {
vErrors.push(err41);
}
errors++;
}
}
}
if(data0.jti !== undefined){
if("required" !== data0.jti){
const err42 = {instancePath:instancePath+"/" + i0+"/jti",schemaPath:"#/items/properties/jti/const",keyword:"const",params:{allowedValue: "required"},message:"must be equal to constant"};
if(vErrors === null){
vErrors = [err42];
}
else {
vErrors.push(err42);
}
errors++;
}
}
if(data0.uses !== undefined){
let data20 = data0.uses;
if(!(((typeof data20 == "number") && (!(data20 % 1) && !isNaN(data20))) && (isFinite(data20)))){
const err43 = {instancePath:instancePath+"/" + i0+"/uses",schemaPath:"#/items/properties/uses/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err43];
}
else {
vErrors.push(err43);
}
errors++;
}
if((typeof data20 == "number") && (isFinite(data20))){
if(data20 > 100 || isNaN(data20)){
const err44 = {instancePath:instancePath+"/" + i0+"/uses",schemaPath:"#/items/properties/uses/maximum",keyword:"maximum",params:{comparison: "<=", limit: 100},message:"must be <= 100"};
if(vErrors === null){
vErrors = [err44];
}
else {
vErrors.push(err44);
}
errors++;
}
if(data20 < 1 || isNaN(data20)){
const err45 = {instancePath:instancePath+"/" + i0+"/uses",schemaPath:"#/items/properties/uses/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1"};
if(vErrors === null){
vErrors = [err45];
}
else {
vErrors.push(err45);
}
errors++;
}
}
}
if(data0.certificateBound !== undefined){
if(typeof data0.certificateBound !== "boolean"){
const err46 = {instancePath:instancePath+"/" + i0+"/certificateBound",schemaPath:"#/items/properties/certificateBound/type",keyword:"type",params:{type: "boolean"},message:"must be boolean"};
if(vErrors === null){
vErrors = [err46];
}
else {
vErrors.push(err46);
}
errors++;
}
}
}
else {
const err47 = {instancePath:instancePath+"/" + i0,schemaPath:"#/items/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err47];
}
else {
vErrors.push(err47);
}
errors++;
}
}
}
else {
const err48 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err48];
}
else {
vErrors.push(err48);
}
errors++;
}
validate10.errors = vErrors;
return errors === 0;
}

return module.exports;
};
exports["7b8f04c90ab0e7934fb43fa5a2dad314"] = function isExchangeFile() {
const module = {};
"use strict";
module.exports = validate10;
module.exports.default = validate10;
const schema11 = {"type":"object","required":["title","why","tables","parties","exchanges"],"additionalProperties":false,"properties":{"title":{"type":"string","minLength":1},"why":{"type":"string","minLength":1},"tables":{"type":"array","items":{"type":"string","minLength":1},"minItems":1},"parties":{"type":"object","additionalProperties":{"type":"object","required":["role","organization"],"additionalProperties":false,"properties":{"role":{"type":"string","minLength":1},"organization":{"type":"string","minLength":1}}}},"exchanges":{"type":"array","minItems":1,"items":{"type":"object","required":["says","request","expect"],"additionalProperties":false,"properties":{"says":{"type":"string","minLength":1},"party":{"type":"string","minLength":1},"request":{"type":"object","required":["method","path"],"additionalProperties":false,"properties":{"method":{"enum":["GET","HEAD","POST","PUT","PATCH","DELETE","OPTIONS"]},"path":{"type":"string","pattern":"^(?!/)"},"headers":{"type":"object","additionalProperties":{"type":"string"}},"body":true,"bodyFile":{"type":"string","minLength":1},"bodyOf":{"type":"string","minLength":1},"set":{"type":"object"}}},"expect":{"type":"object","required":["status"],"additionalProperties":false,"properties":{"status":{"type":"integer","minimum":100,"maximum":599},"headers":{"type":"object","additionalProperties":{"type":["string","null"]}},"fhirpath":{"type":"array","items":{"type":"string","minLength":1},"minItems":1},"issues":{"type":"array","items":{"type":"string","minLength":1},"minItems":1},"sameBodyAs":{"type":"string","minLength":1},"empty":{"const":true}}},"keep":{"type":"object","additionalProperties":{"type":"string"}},"keepAnswer":{"type":"string","minLength":1}}}}}};
const func2 = require("ajv/dist/runtime/ucs2length").default;
const pattern0 = new RegExp("^(?!/)", "u");

function validate10(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.title === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "title"},message:"must have required property '"+"title"+"'"};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
if(data.why === undefined){
const err1 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "why"},message:"must have required property '"+"why"+"'"};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
if(data.tables === undefined){
const err2 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "tables"},message:"must have required property '"+"tables"+"'"};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
if(data.parties === undefined){
const err3 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "parties"},message:"must have required property '"+"parties"+"'"};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
if(data.exchanges === undefined){
const err4 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "exchanges"},message:"must have required property '"+"exchanges"+"'"};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
for(const key0 in data){
if(!(((((key0 === "title") || (key0 === "why")) || (key0 === "tables")) || (key0 === "parties")) || (key0 === "exchanges"))){
const err5 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
if(data.title !== undefined){
let data0 = data.title;
if(typeof data0 === "string"){
if(func2(data0) < 1){
const err6 = {instancePath:instancePath+"/title",schemaPath:"#/properties/title/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
else {
const err7 = {instancePath:instancePath+"/title",schemaPath:"#/properties/title/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
}
if(data.why !== undefined){
let data1 = data.why;
if(typeof data1 === "string"){
if(func2(data1) < 1){
const err8 = {instancePath:instancePath+"/why",schemaPath:"#/properties/why/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
else {
const err9 = {instancePath:instancePath+"/why",schemaPath:"#/properties/why/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
}
if(data.tables !== undefined){
let data2 = data.tables;
if(Array.isArray(data2)){
if(data2.length < 1){
const err10 = {instancePath:instancePath+"/tables",schemaPath:"#/properties/tables/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
const len0 = data2.length;
for(let i0=0; i0<len0; i0++){
let data3 = data2[i0];
if(typeof data3 === "string"){
if(func2(data3) < 1){
const err11 = {instancePath:instancePath+"/tables/" + i0,schemaPath:"#/properties/tables/items/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
}
else {
const err12 = {instancePath:instancePath+"/tables/" + i0,schemaPath:"#/properties/tables/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
}
}
else {
const err13 = {instancePath:instancePath+"/tables",schemaPath:"#/properties/tables/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
}
if(data.parties !== undefined){
let data4 = data.parties;
if(data4 && typeof data4 == "object" && !Array.isArray(data4)){
for(const key1 in data4){
let data5 = data4[key1];
if(data5 && typeof data5 == "object" && !Array.isArray(data5)){
if(data5.role === undefined){
const err14 = {instancePath:instancePath+"/parties/" + key1.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/parties/additionalProperties/required",keyword:"required",params:{missingProperty: "role"},message:"must have required property '"+"role"+"'"};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
if(data5.organization === undefined){
const err15 = {instancePath:instancePath+"/parties/" + key1.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/parties/additionalProperties/required",keyword:"required",params:{missingProperty: "organization"},message:"must have required property '"+"organization"+"'"};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
for(const key2 in data5){
if(!((key2 === "role") || (key2 === "organization"))){
const err16 = {instancePath:instancePath+"/parties/" + key1.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/parties/additionalProperties/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key2},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
}
if(data5.role !== undefined){
let data6 = data5.role;
if(typeof data6 === "string"){
if(func2(data6) < 1){
const err17 = {instancePath:instancePath+"/parties/" + key1.replace(/~/g, "~0").replace(/\//g, "~1")+"/role",schemaPath:"#/properties/parties/additionalProperties/properties/role/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
}
else {
const err18 = {instancePath:instancePath+"/parties/" + key1.replace(/~/g, "~0").replace(/\//g, "~1")+"/role",schemaPath:"#/properties/parties/additionalProperties/properties/role/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
}
if(data5.organization !== undefined){
let data7 = data5.organization;
if(typeof data7 === "string"){
if(func2(data7) < 1){
const err19 = {instancePath:instancePath+"/parties/" + key1.replace(/~/g, "~0").replace(/\//g, "~1")+"/organization",schemaPath:"#/properties/parties/additionalProperties/properties/organization/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
}
else {
const err20 = {instancePath:instancePath+"/parties/" + key1.replace(/~/g, "~0").replace(/\//g, "~1")+"/organization",schemaPath:"#/properties/parties/additionalProperties/properties/organization/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
}
}
else {
const err21 = {instancePath:instancePath+"/parties/" + key1.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/parties/additionalProperties/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
}
}
else {
const err22 = {instancePath:instancePath+"/parties",schemaPath:"#/properties/parties/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
}
if(data.exchanges !== undefined){
let data8 = data.exchanges;
if(Array.isArray(data8)){
if(data8.length < 1){
const err23 = {instancePath:instancePath+"/exchanges",schemaPath:"#/properties/exchanges/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
const len1 = data8.length;
for(let i1=0; i1<len1; i1++){
let data9 = data8[i1];
if(data9 && typeof data9 == "object" && !Array.isArray(data9)){
if(data9.says === undefined){
const err24 = {instancePath:instancePath+"/exchanges/" + i1,schemaPath:"#/properties/exchanges/items/required",keyword:"required",params:{missingProperty: "says"},message:"must have required property '"+"says"+"'"};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
if(data9.request === undefined){
const err25 = {instancePath:instancePath+"/exchanges/" + i1,schemaPath:"#/properties/exchanges/items/required",keyword:"required",params:{missingProperty: "request"},message:"must have required property '"+"request"+"'"};
if(vErrors === null){
vErrors = [err25];
}
else {
vErrors.push(err25);
}
errors++;
}
if(data9.expect === undefined){
const err26 = {instancePath:instancePath+"/exchanges/" + i1,schemaPath:"#/properties/exchanges/items/required",keyword:"required",params:{missingProperty: "expect"},message:"must have required property '"+"expect"+"'"};
if(vErrors === null){
vErrors = [err26];
}
else {
vErrors.push(err26);
}
errors++;
}
for(const key3 in data9){
if(!((((((key3 === "says") || (key3 === "party")) || (key3 === "request")) || (key3 === "expect")) || (key3 === "keep")) || (key3 === "keepAnswer"))){
const err27 = {instancePath:instancePath+"/exchanges/" + i1,schemaPath:"#/properties/exchanges/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key3},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err27];
}
else {
vErrors.push(err27);
}
errors++;
}
}
if(data9.says !== undefined){
let data10 = data9.says;
if(typeof data10 === "string"){
if(func2(data10) < 1){
const err28 = {instancePath:instancePath+"/exchanges/" + i1+"/says",schemaPath:"#/properties/exchanges/items/properties/says/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err28];
}
else {
vErrors.push(err28);
}
errors++;
}
}
else {
const err29 = {instancePath:instancePath+"/exchanges/" + i1+"/says",schemaPath:"#/properties/exchanges/items/properties/says/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err29];
}
else {
vErrors.push(err29);
}
errors++;
}
}
if(data9.party !== undefined){
let data11 = data9.party;
if(typeof data11 === "string"){
if(func2(data11) < 1){
const err30 = {instancePath:instancePath+"/exchanges/" + i1+"/party",schemaPath:"#/properties/exchanges/items/properties/party/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err30];
}
else {
vErrors.push(err30);
}
errors++;
}
}
else {
const err31 = {instancePath:instancePath+"/exchanges/" + i1+"/party",schemaPath:"#/properties/exchanges/items/properties/party/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err31];
}
else {
vErrors.push(err31);
}
errors++;
}
}
if(data9.request !== undefined){
let data12 = data9.request;
if(data12 && typeof data12 == "object" && !Array.isArray(data12)){
if(data12.method === undefined){
const err32 = {instancePath:instancePath+"/exchanges/" + i1+"/request",schemaPath:"#/properties/exchanges/items/properties/request/required",keyword:"required",params:{missingProperty: "method"},message:"must have required property '"+"method"+"'"};
if(vErrors === null){
vErrors = [err32];
}
else {
vErrors.push(err32);
}
errors++;
}
if(data12.path === undefined){
const err33 = {instancePath:instancePath+"/exchanges/" + i1+"/request",schemaPath:"#/properties/exchanges/items/properties/request/required",keyword:"required",params:{missingProperty: "path"},message:"must have required property '"+"path"+"'"};
if(vErrors === null){
vErrors = [err33];
}
else {
vErrors.push(err33);
}
errors++;
}
for(const key4 in data12){
if(!(((((((key4 === "method") || (key4 === "path")) || (key4 === "headers")) || (key4 === "body")) || (key4 === "bodyFile")) || (key4 === "bodyOf")) || (key4 === "set"))){
const err34 = {instancePath:instancePath+"/exchanges/" + i1+"/request",schemaPath:"#/properties/exchanges/items/properties/request/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key4},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err34];
}
else {
vErrors.push(err34);
}
errors++;
}
}
if(data12.method !== undefined){
let data13 = data12.method;
if(!(((((((data13 === "GET") || (data13 === "HEAD")) || (data13 === "POST")) || (data13 === "PUT")) || (data13 === "PATCH")) || (data13 === "DELETE")) || (data13 === "OPTIONS"))){
const err35 = {instancePath:instancePath+"/exchanges/" + i1+"/request/method",schemaPath:"#/properties/exchanges/items/properties/request/properties/method/enum",keyword:"enum",params:{allowedValues: schema11.properties.exchanges.items.properties.request.properties.method.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err35];
}
else {
vErrors.push(err35);
}
errors++;
}
}
if(data12.path !== undefined){
let data14 = data12.path;
if(typeof data14 === "string"){
if(!pattern0.test(data14)){
const err36 = {instancePath:instancePath+"/exchanges/" + i1+"/request/path",schemaPath:"#/properties/exchanges/items/properties/request/properties/path/pattern",keyword:"pattern",params:{pattern: "^(?!/)"},message:"must match pattern \""+"^(?!/)"+"\""};
if(vErrors === null){
vErrors = [err36];
}
else {
vErrors.push(err36);
}
errors++;
}
}
else {
const err37 = {instancePath:instancePath+"/exchanges/" + i1+"/request/path",schemaPath:"#/properties/exchanges/items/properties/request/properties/path/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err37];
}
else {
vErrors.push(err37);
}
errors++;
}
}
if(data12.headers !== undefined){
let data15 = data12.headers;
if(data15 && typeof data15 == "object" && !Array.isArray(data15)){
for(const key5 in data15){
if(typeof data15[key5] !== "string"){
const err38 = {instancePath:instancePath+"/exchanges/" + i1+"/request/headers/" + key5.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/exchanges/items/properties/request/properties/headers/additionalProperties/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err38];
}
else {
vErrors.push(err38);
}
errors++;
}
}
}
else {
const err39 = {instancePath:instancePath+"/exchanges/" + i1+"/request/headers",schemaPath:"#/properties/exchanges/items/properties/request/properties/headers/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err39];
}
else {
vErrors.push(err39);
}
errors++;
}
}
if(data12.bodyFile !== undefined){
let data17 = data12.bodyFile;
if(typeof data17 === "string"){
if(func2(data17) < 1){
const err40 = {instancePath:instancePath+"/exchanges/" + i1+"/request/bodyFile",schemaPath:"#/properties/exchanges/items/properties/request/properties/bodyFile/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err40];
}
else {
vErrors.push(err40);
}
errors++;
}
}
else {
const err41 = {instancePath:instancePath+"/exchanges/" + i1+"/request/bodyFile",schemaPath:"#/properties/exchanges/items/properties/request/properties/bodyFile/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err41];
}
else {
vErrors.push(err41);
}
errors++;
}
}
if(data12.bodyOf !== undefined){
let data18 = data12.bodyOf;
if(typeof data18 === "string"){
if(func2(data18) < 1){
const err42 = {instancePath:instancePath+"/exchanges/" + i1+"/request/bodyOf",schemaPath:"#/properties/exchanges/items/properties/request/properties/bodyOf/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err42];
}
else {
vErrors.push(err42);
}
errors++;
}
}
else {
const err43 = {instancePath:instancePath+"/exchanges/" + i1+"/request/bodyOf",schemaPath:"#/properties/exchanges/items/properties/request/properties/bodyOf/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err43];
}
else {
vErrors.push(err43);
}
errors++;
}
}
if(data12.set !== undefined){
let data19 = data12.set;
if(!(data19 && typeof data19 == "object" && !Array.isArray(data19))){
const err44 = {instancePath:instancePath+"/exchanges/" + i1+"/request/set",schemaPath:"#/properties/exchanges/items/properties/request/properties/set/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err44];
}
else {
vErrors.push(err44);
}
errors++;
}
}
}
else {
const err45 = {instancePath:instancePath+"/exchanges/" + i1+"/request",schemaPath:"#/properties/exchanges/items/properties/request/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err45];
}
else {
vErrors.push(err45);
}
errors++;
}
}
if(data9.expect !== undefined){
let data20 = data9.expect;
if(data20 && typeof data20 == "object" && !Array.isArray(data20)){
if(data20.status === undefined){
const err46 = {instancePath:instancePath+"/exchanges/" + i1+"/expect",schemaPath:"#/properties/exchanges/items/properties/expect/required",keyword:"required",params:{missingProperty: "status"},message:"must have required property '"+"status"+"'"};
if(vErrors === null){
vErrors = [err46];
}
else {
vErrors.push(err46);
}
errors++;
}
for(const key6 in data20){
if(!((((((key6 === "status") || (key6 === "headers")) || (key6 === "fhirpath")) || (key6 === "issues")) || (key6 === "sameBodyAs")) || (key6 === "empty"))){
const err47 = {instancePath:instancePath+"/exchanges/" + i1+"/expect",schemaPath:"#/properties/exchanges/items/properties/expect/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key6},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err47];
}
else {
vErrors.push(err47);
}
errors++;
}
}
if(data20.status !== undefined){
let data21 = data20.status;
if(!(((typeof data21 == "number") && (!(data21 % 1) && !isNaN(data21))) && (isFinite(data21)))){
const err48 = {instancePath:instancePath+"/exchanges/" + i1+"/expect/status",schemaPath:"#/properties/exchanges/items/properties/expect/properties/status/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err48];
}
else {
vErrors.push(err48);
}
errors++;
}
if((typeof data21 == "number") && (isFinite(data21))){
if(data21 > 599 || isNaN(data21)){
const err49 = {instancePath:instancePath+"/exchanges/" + i1+"/expect/status",schemaPath:"#/properties/exchanges/items/properties/expect/properties/status/maximum",keyword:"maximum",params:{comparison: "<=", limit: 599},message:"must be <= 599"};
if(vErrors === null){
vErrors = [err49];
}
else {
vErrors.push(err49);
}
errors++;
}
if(data21 < 100 || isNaN(data21)){
const err50 = {instancePath:instancePath+"/exchanges/" + i1+"/expect/status",schemaPath:"#/properties/exchanges/items/properties/expect/properties/status/minimum",keyword:"minimum",params:{comparison: ">=", limit: 100},message:"must be >= 100"};
if(vErrors === null){
vErrors = [err50];
}
else {
vErrors.push(err50);
}
errors++;
}
}
}
if(data20.headers !== undefined){
let data22 = data20.headers;
if(data22 && typeof data22 == "object" && !Array.isArray(data22)){
for(const key7 in data22){
let data23 = data22[key7];
if((typeof data23 !== "string") && (data23 !== null)){
const err51 = {instancePath:instancePath+"/exchanges/" + i1+"/expect/headers/" + key7.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/exchanges/items/properties/expect/properties/headers/additionalProperties/type",keyword:"type",params:{type: schema11.properties.exchanges.items.properties.expect.properties.headers.additionalProperties.type},message:"must be string,null"};
if(vErrors === null){
vErrors = [err51];
}
else {
vErrors.push(err51);
}
errors++;
}
}
}
else {
const err52 = {instancePath:instancePath+"/exchanges/" + i1+"/expect/headers",schemaPath:"#/properties/exchanges/items/properties/expect/properties/headers/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err52];
}
else {
vErrors.push(err52);
}
errors++;
}
}
if(data20.fhirpath !== undefined){
let data24 = data20.fhirpath;
if(Array.isArray(data24)){
if(data24.length < 1){
const err53 = {instancePath:instancePath+"/exchanges/" + i1+"/expect/fhirpath",schemaPath:"#/properties/exchanges/items/properties/expect/properties/fhirpath/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"};
if(vErrors === null){
vErrors = [err53];
}
else {
vErrors.push(err53);
}
errors++;
}
const len2 = data24.length;
for(let i2=0; i2<len2; i2++){
let data25 = data24[i2];
if(typeof data25 === "string"){
if(func2(data25) < 1){
const err54 = {instancePath:instancePath+"/exchanges/" + i1+"/expect/fhirpath/" + i2,schemaPath:"#/properties/exchanges/items/properties/expect/properties/fhirpath/items/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err54];
}
else {
vErrors.push(err54);
}
errors++;
}
}
else {
const err55 = {instancePath:instancePath+"/exchanges/" + i1+"/expect/fhirpath/" + i2,schemaPath:"#/properties/exchanges/items/properties/expect/properties/fhirpath/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err55];
}
else {
vErrors.push(err55);
}
errors++;
}
}
}
else {
const err56 = {instancePath:instancePath+"/exchanges/" + i1+"/expect/fhirpath",schemaPath:"#/properties/exchanges/items/properties/expect/properties/fhirpath/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err56];
}
else {
vErrors.push(err56);
}
errors++;
}
}
if(data20.issues !== undefined){
let data26 = data20.issues;
if(Array.isArray(data26)){
if(data26.length < 1){
const err57 = {instancePath:instancePath+"/exchanges/" + i1+"/expect/issues",schemaPath:"#/properties/exchanges/items/properties/expect/properties/issues/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"};
if(vErrors === null){
vErrors = [err57];
}
else {
vErrors.push(err57);
}
errors++;
}
const len3 = data26.length;
for(let i3=0; i3<len3; i3++){
let data27 = data26[i3];
if(typeof data27 === "string"){
if(func2(data27) < 1){
const err58 = {instancePath:instancePath+"/exchanges/" + i1+"/expect/issues/" + i3,schemaPath:"#/properties/exchanges/items/properties/expect/properties/issues/items/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err58];
}
else {
vErrors.push(err58);
}
errors++;
}
}
else {
const err59 = {instancePath:instancePath+"/exchanges/" + i1+"/expect/issues/" + i3,schemaPath:"#/properties/exchanges/items/properties/expect/properties/issues/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err59];
}
else {
vErrors.push(err59);
}
errors++;
}
}
}
else {
const err60 = {instancePath:instancePath+"/exchanges/" + i1+"/expect/issues",schemaPath:"#/properties/exchanges/items/properties/expect/properties/issues/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err60];
}
else {
vErrors.push(err60);
}
errors++;
}
}
if(data20.sameBodyAs !== undefined){
let data28 = data20.sameBodyAs;
if(typeof data28 === "string"){
if(func2(data28) < 1){
const err61 = {instancePath:instancePath+"/exchanges/" + i1+"/expect/sameBodyAs",schemaPath:"#/properties/exchanges/items/properties/expect/properties/sameBodyAs/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err61];
}
else {
vErrors.push(err61);
}
errors++;
}
}
else {
const err62 = {instancePath:instancePath+"/exchanges/" + i1+"/expect/sameBodyAs",schemaPath:"#/properties/exchanges/items/properties/expect/properties/sameBodyAs/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err62];
}
else {
vErrors.push(err62);
}
errors++;
}
}
if(data20.empty !== undefined){
if(true !== data20.empty){
const err63 = {instancePath:instancePath+"/exchanges/" + i1+"/expect/empty",schemaPath:"#/properties/exchanges/items/properties/expect/properties/empty/const",keyword:"const",params:{allowedValue: true},message:"must be equal to constant"};
if(vErrors === null){
vErrors = [err63];
}
else {
vErrors.push(err63);
}
errors++;
}
}
}
else {
const err64 = {instancePath:instancePath+"/exchanges/" + i1+"/expect",schemaPath:"#/properties/exchanges/items/properties/expect/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err64];
}
else {
vErrors.push(err64);
}
errors++;
}
}
if(data9.keep !== undefined){
let data30 = data9.keep;
if(data30 && typeof data30 == "object" && !Array.isArray(data30)){
for(const key8 in data30){
if(typeof data30[key8] !== "string"){
const err65 = {instancePath:instancePath+"/exchanges/" + i1+"/keep/" + key8.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/exchanges/items/properties/keep/additionalProperties/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err65];
}
else {
vErrors.push(err65);
}
errors++;
}
}
}
else {
const err66 = {instancePath:instancePath+"/exchanges/" + i1+"/keep",schemaPath:"#/properties/exchanges/items/properties/keep/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err66];
}
else {
vErrors.push(err66);
}
errors++;
}
}
if(data9.keepAnswer !== undefined){
let data32 = data9.keepAnswer;
if(typeof data32 === "string"){
if(func2(data32) < 1){
const err67 = {instancePath:instancePath+"/exchanges/" + i1+"/keepAnswer",schemaPath:"#/properties/exchanges/items/properties/keepAnswer/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err67];
}
else {
vErrors.push(err67);
}
errors++;
}
}
else {
const err68 = {instancePath:instancePath+"/exchanges/" + i1+"/keepAnswer",schemaPath:"#/properties/exchanges/items/properties/keepAnswer/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err68];
}
else {
vErrors.push(err68);
}
errors++;
}
}
}
else {
const err69 = {instancePath:instancePath+"/exchanges/" + i1,schemaPath:"#/properties/exchanges/items/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err69];
}
else {
vErrors.push(err69);
}
errors++;
}
}
}
else {
const err70 = {instancePath:instancePath+"/exchanges",schemaPath:"#/properties/exchanges/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err70];
}
else {
vErrors.push(err70);
}
errors++;
}
}
}
else {
const err71 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err71];
}
else {
vErrors.push(err71);
}
errors++;
}
validate10.errors = vErrors;
return errors === 0;
}

return module.exports;
};
exports["2adb771e9845abd3eacbfe9be94229e6"] = function isSandboxGrant() {
const module = {};
"use strict";
module.exports = validate10;
module.exports.default = validate10;
const schema11 = {"type":"object","required":["grant_type","role","organization"],"properties":{"grant_type":{"type":"string"},"role":{"enum":["trust","pharmacist","provider","logistics","observer","manufacturer","tester"]},"organization":{"type":"string","pattern":"^[A-Za-z0-9]{2,12}$"}}};
const pattern0 = new RegExp("^[A-Za-z0-9]{2,12}$", "u");

function validate10(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.grant_type === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "grant_type"},message:"must have required property '"+"grant_type"+"'"};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
if(data.role === undefined){
const err1 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "role"},message:"must have required property '"+"role"+"'"};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
if(data.organization === undefined){
const err2 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "organization"},message:"must have required property '"+"organization"+"'"};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
if(data.grant_type !== undefined){
if(typeof data.grant_type !== "string"){
const err3 = {instancePath:instancePath+"/grant_type",schemaPath:"#/properties/grant_type/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
}
if(data.role !== undefined){
let data1 = data.role;
if(!(((((((data1 === "trust") || (data1 === "pharmacist")) || (data1 === "provider")) || (data1 === "logistics")) || (data1 === "observer")) || (data1 === "manufacturer")) || (data1 === "tester"))){
const err4 = {instancePath:instancePath+"/role",schemaPath:"#/properties/role/enum",keyword:"enum",params:{allowedValues: schema11.properties.role.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
if(data.organization !== undefined){
let data2 = data.organization;
if(typeof data2 === "string"){
if(!pattern0.test(data2)){
const err5 = {instancePath:instancePath+"/organization",schemaPath:"#/properties/organization/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9]{2,12}$"},message:"must match pattern \""+"^[A-Za-z0-9]{2,12}$"+"\""};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
else {
const err6 = {instancePath:instancePath+"/organization",schemaPath:"#/properties/organization/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
}
else {
const err7 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
validate10.errors = vErrors;
return errors === 0;
}

return module.exports;
};
