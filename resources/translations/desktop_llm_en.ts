<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name>ApiLine</name>
    <message numerus="yes">
        <source>%n client(s) now</source>
        <translation>
            <numerusform>%n client now</numerusform>
            <numerusform>%n clients now</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>CarryDialog</name>
    <message numerus="yes">
        <source>%n model(s) are in {folder}, signed. The whole folder is carried.</source>
        <translation>
            <numerusform>%n model is in {folder}, signed. The whole folder is carried.</numerusform>
            <numerusform>%n models are in {folder}, signed. The whole folder is carried.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>CountWords</name>
    <message numerus="yes">
        <source>%n token(s)</source>
        <translation>
            <numerusform>%n token</numerusform>
            <numerusform>%n tokens</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n character(s)</source>
        <translation>
            <numerusform>%n character</numerusform>
            <numerusform>%n characters</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n byte(s)</source>
        <translation>
            <numerusform>%n byte</numerusform>
            <numerusform>%n bytes</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Home</name>
    <message numerus="yes">
        <source>%n thread(s)</source>
        <translation>
            <numerusform>%n thread</numerusform>
            <numerusform>%n threads</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ImportDialog</name>
    <message numerus="yes">
        <source>%n model(s) taken in.</source>
        <translation>
            <numerusform>%n model taken in.</numerusform>
            <numerusform>%n models taken in.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n model(s) were here already.</source>
        <translation>
            <numerusform>%n model was here already.</numerusform>
            <numerusform>%n models were here already.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ItemBuilder</name>
    <message numerus="yes">
        <source>%n earlier message(s) were left out, because the context is full:</source>
        <translation>
            <numerusform>%n earlier message was left out, because the context is full:</numerusform>
            <numerusform>%n earlier messages were left out, because the context is full:</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>LiveRow</name>
    <message numerus="yes">
        <source>%n token(s)</source>
        <translation>
            <numerusform>%n token</numerusform>
            <numerusform>%n tokens</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>OpenBundleDialog</name>
    <message numerus="yes">
        <source>Every byte is as it was signed: %n file(s).</source>
        <translation>
            <numerusform>Every byte is as it was signed: %n file.</numerusform>
            <numerusform>Every byte is as it was signed: %n files.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n model(s) taken in.</source>
        <translation>
            <numerusform>%n model taken in.</numerusform>
            <numerusform>%n models taken in.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n model(s) were here already.</source>
        <translation>
            <numerusform>%n model was here already.</numerusform>
            <numerusform>%n models were here already.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Recommended</name>
    <message numerus="yes">
        <source>%n model(s) are left out: too little is known of them.</source>
        <translation>
            <numerusform>%n model is left out: too little is known of it.</numerusform>
            <numerusform>%n models are left out: too little is known of them.</numerusform>
        </translation>
    </message>
</context>
</TS>
